package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that the name of each test says condition and result in at most 50 characters, with a noun as the subject. */
class TestNamesTest {

    private static final int LONGEST = 50;

    private static final Pattern TEST = Pattern.compile(
            "@(?:ParameterizedTest|RepeatedTest|Test|TestFactory)\\b.*?(?:void|Stream<DynamicTest>)\\s+(\\w+)\\s*\\(",
            Pattern.DOTALL);

    private static final Pattern NO_NOUN = Pattern.compile(
            "(?:who|what|nobody|everybody|none|those|its|theirs|it|so|they|this|that|he)(?=[A-Z]).*"
                    + "|.*(?:Whom?|What|Whose|Whoever|Whatever|Nobody|Anybody|Everybody|Somebody|Those|Elses)(?:[A-Z].*|s[A-Z].*|s?)");

    @Test
    void testNamesAreShortAndNameTheirSubject() throws IOException {
        List<String> names = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (Path source : sources()) {
            for (MatchResult test :
                    TEST.matcher(Files.readString(source)).results().toList()) {
                String name = test.group(1);
                names.add(name);
                if (name.length() > LONGEST || NO_NOUN.matcher(name).matches()) {
                    others.add(Distribution.ROOT.relativize(source) + ": " + name);
                }
            }
        }
        assertThat(names).hasSizeGreaterThan(1000);
        assertThat(others).isEmpty();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Distribution.ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java")
                            && file.toString().contains("/src/test/java/")
                            && !file.toString().contains("/target/"))
                    .sorted()
                    .toList();
        }
    }
}
