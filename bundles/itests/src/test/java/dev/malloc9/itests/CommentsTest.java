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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The style of comments in the main sources, measured: subjects are nouns, sentences are short, and the first sentence of a class defines
 * it. The limits may only be tightened.
 */
class CommentsTest {

    private static final Pattern COMMENT = Pattern.compile("/\\*\\*?(.*?)\\*/|//([^\\n]*)", Pattern.DOTALL);

    private static final Pattern CLASS_COMMENT = Pattern.compile(
            "/\\*\\*((?:(?!\\*/).)*?)\\*/\\s*(?:@[^\\n]*\\n\\s*)*(?:(?:public|private|protected|static|final|abstract|sealed|non-sealed) )*"
                    + "(?:class|interface|record|enum|@interface) \\w+",
            Pattern.DOTALL);

    /** The part of a comment that ends a sentence without a full stop: a list item, a paragraph, a block tag. */
    private static final Pattern BREAK = Pattern.compile(
            "</?(?:li|p|ul|td|tr|table)>|@(?:param|return|throws|see)\\b|<pre>.*?</pre>", Pattern.DOTALL);

    private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.:;!?])\\s+");

    private static final Pattern WORD = Pattern.compile("[A-Za-z']{2,}");

    private static final Pattern BARE_OPENING = Pattern.compile(
            "(?:Who|Whom|Whose|What|Whatever|Whoever|Those|Theirs|Its|None|Nobody|Somebody)\\b.*", Pattern.DOTALL);

    private static final Pattern CLASS_OPENING = Pattern.compile("(?:An?|The|[A-Z][a-z]+s)\\b.*", Pattern.DOTALL);

    /** The tag that is both the first sentence and the description of the result; no other inline tag is left inside. */
    private static final Pattern RETURN = Pattern.compile("\\{@return\\s+([^}]*)}");

    private static final double MOST_WHO_PER_1000_WORDS = 0.5;
    private static final double MOST_WHAT_PER_1000_WORDS = 0.5;
    private static final double MOST_BARE_OPENINGS_PERCENT = 0.5;
    private static final int LONGEST_SENTENCE = 30;

    private static final List<Path> SOURCES = new ArrayList<>();

    @BeforeAll
    static void findSources() throws IOException {
        try (Stream<Path> files = Files.walk(Distribution.ROOT)) {
            files.filter(file -> file.toString().endsWith(".java")
                            && file.toString().contains("/src/main/java/")
                            && !file.toString().contains("/target/"))
                    .sorted()
                    .forEach(SOURCES::add);
        }
        assertThat(SOURCES).hasSizeGreaterThan(100);
    }

    @Test
    void subjectsAreNouns() throws IOException {
        long words = 0;
        long who = 0;
        long what = 0;
        long bare = 0;
        long comments = 0;
        for (Path source : SOURCES) {
            for (String comment : comments(source)) {
                comments++;
                words += count("[A-Za-z']+", comment);
                who += count("\\b[Ww]ho(?:m|ever)?\\b", comment);
                what += count("\\b[Ww]hat\\b", comment);
                bare += BARE_OPENING.matcher(comment).matches() ? 1 : 0;
            }
        }
        assertThat(1000.0 * who / words).as("who, per 1,000 words").isLessThanOrEqualTo(MOST_WHO_PER_1000_WORDS);
        assertThat(1000.0 * what / words).as("what, per 1,000 words").isLessThanOrEqualTo(MOST_WHAT_PER_1000_WORDS);
        assertThat(100.0 * bare / comments)
                .as("bare openings, percent")
                .isLessThanOrEqualTo(MOST_BARE_OPENINGS_PERCENT);
    }

    @Test
    void sentencesAreShort() throws IOException {
        List<String> longSentences = new ArrayList<>();
        for (Path source : SOURCES) {
            for (String comment : comments(source)) {
                SENTENCE_END
                        .splitAsStream(comment)
                        .filter(sentence -> WORD.matcher(sentence).results().count() > LONGEST_SENTENCE)
                        .map(sentence -> Distribution.ROOT.relativize(source) + ": " + sentence)
                        .forEach(longSentences::add);
            }
        }
        assertThat(longSentences).isEmpty();
    }

    @Test
    void classCommentsBeginWithADefinition() throws IOException {
        List<String> others = new ArrayList<>();
        for (Path source : SOURCES) {
            for (MatchResult comment :
                    CLASS_COMMENT.matcher(Files.readString(source)).results().toList()) {
                String text = plain(comment.group(1));
                if (!CLASS_OPENING.matcher(text).matches()) {
                    others.add(Distribution.ROOT.relativize(source) + ": " + text);
                }
            }
        }
        assertThat(others).isEmpty();
    }

    private static List<String> comments(Path source) throws IOException {
        return COMMENT.matcher(Files.readString(source))
                .results()
                .map(found -> plain(found.group(1) == null ? found.group(2) : found.group(1)))
                .filter(text -> !text.isEmpty())
                .toList();
    }

    /** Returns the text of a comment without asterisks, tags and line feeds. */
    private static String plain(String comment) {
        String text = comment.replaceAll("(?m)^\\s*\\*", "").replaceAll("\\{@(?!return)\\w+\\s+([^}]*)}", "$1");
        return BREAK.matcher(RETURN.matcher(text).replaceAll("Returns $1."))
                .replaceAll(". ")
                .replaceAll("<[^>]+>", " ")
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static long count(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }
}
