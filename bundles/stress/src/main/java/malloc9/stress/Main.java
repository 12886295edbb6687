package malloc9.stress;

import java.util.random.RandomGenerator;

/** The command: {@code smoke|full [SEED]}. Ends with 1 if anything was wrong. */
public final class Main {

    private Main() {}

    /** Runs a form of the stress. */
    public static void main(String[] arguments) throws InterruptedException {
        Form form = arguments[0].equals("full") ? Form.FULL : Form.SMOKE;
        long seed = arguments.length > 1
                ? Long.decode(arguments[1])
                : RandomGenerator.getDefault().nextLong(1_000_000);
        System.out.println("seed " + seed + ", " + form);
        long begun = System.nanoTime();
        Account account = Stress.run(form, seed);
        System.out.println(account);
        System.out.println((System.nanoTime() - begun) / 1_000_000_000L + " s");
        System.exit(account.wrong().isEmpty() ? 0 : 1);
    }
}
