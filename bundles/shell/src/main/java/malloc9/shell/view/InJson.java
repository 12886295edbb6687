package malloc9.shell.view;

/**
 * A result that was asked for as JSON ({@code -o json}).
 *
 * @param view the result
 */
public record InJson(View view) implements View {

    @Override
    public String text() {
        return view.json();
    }

    @Override
    public String json() {
        return view.json();
    }
}
