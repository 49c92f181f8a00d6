import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import org.verapdf.core.VeraPDFException;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Asks veraPDF whether PDFs keep to a part of PDF/A or to PDF/UA.
 *
 * <p>Each line of standard input is a flavour ("2a", "ua1"), a tab, and the path of a PDF. For each a line goes to
 * standard output: the clauses and tests that it breaks, separated by blanks; nothing when it keeps to all of them.
 */
public final class Judge {

    public static void main(String[] arguments) throws IOException, VeraPDFException {
        VeraGreenfieldFoundryProvider.initialise();
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String question; (question = questions.readLine()) != null; ) {
            int tab = question.indexOf('\t');
            PDFAFlavour flavour = PDFAFlavour.fromString(question.substring(0, tab));
            System.out.println(String.join(" ", broken(flavour, question.substring(tab + 1))));
        }
    }

    private static TreeSet<String> broken(PDFAFlavour flavour, String path) throws IOException, VeraPDFException {
        TreeSet<String> rules = new TreeSet<>();
        try (InputStream file = new FileInputStream(path);
                PDFAParser document = Foundries.defaultInstance().createParser(file, flavour)) {
            ValidationResult found = Foundries.defaultInstance().createValidator(flavour, false).validate(document);
            for (TestAssertion test : found.getTestAssertions()) {
                if (test.getStatus() != TestAssertion.Status.PASSED) {
                    rules.add(test.getRuleId().getClause() + "-" + test.getRuleId().getTestNumber());
                }
            }
            if (rules.isEmpty() && !found.isCompliant()) {
                rules.add("not-compliant");
            }
        }
        return rules;
    }
}
