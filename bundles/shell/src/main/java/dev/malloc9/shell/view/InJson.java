package dev.malloc9.shell.view;

/**
 * A result in JSON format ({@code -o json}), whose text is the JSON of another view.
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
