import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.model.x509.revocation.crl.CRL;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.RevocationSource;
import eu.europa.esig.dss.spi.x509.revocation.RevocationToken;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Asks EU DSS about signed PDFs, under its own default policy and without any network.
 *
 * <p>Arguments: a folder of trusted certificates (DER), a folder of revocation lists (DER; "-" for none, so that a
 * document has to carry its own), and the instant of validation. Paths of PDFs come on standard input, one a line.
 * For each signature and each time-stamp one JSON object goes to standard output; a PDF that DSS cannot open gives one
 * with "problem". With a fourth argument, a folder, its detailed reports and diagnostic data are written there.
 */
public final class Judge {

    private final CommonTrustedCertificateSource anchors = new CommonTrustedCertificateSource();
    private final RevocationSource<CRL> lists;
    private final Date at;
    private final Path reports;

    private Judge(File anchors, File lists, Instant at, Path reports) {
        for (File file : files(anchors)) {
            this.anchors.addCertificate(DSSUtils.loadCertificate(file));
        }
        this.lists = lists == null ? null : freshest(lists);
        this.at = Date.from(at);
        this.reports = reports;
    }

    public static void main(String[] words) throws IOException {
        File lists = words[1].equals("-") ? null : new File(words[1]);
        Path reports = words.length > 3 ? Path.of(words[3]) : null;
        Judge judge = new Judge(new File(words[0]), lists, Instant.parse(words[2]), reports);
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            judge.hear(line);
        }
    }

    private void hear(String path) throws IOException {
        Reports told;
        try {
            var validator = SignedDocumentValidator.fromDocument(new FileDocument(path));
            validator.setCertificateVerifier(verifier());
            validator.setValidationTime(at);
            told = validator.validateDocument();
        } catch (RuntimeException problem) {
            System.out.println("{" + field("file", path) + "," + field("problem", problem.toString()) + "}");
            return;
        }
        if (reports != null) {
            String name = Path.of(path).getFileName().toString();
            Files.writeString(reports.resolve(name + ".report.xml"), told.getXmlDetailedReport());
            Files.writeString(reports.resolve(name + ".diagnosis.xml"), told.getXmlDiagnosticData());
        }
        SimpleReport simple = told.getSimpleReport();
        for (String id : simple.getSignatureIdList()) {
            say(path, "signature", id, simple);
        }
        for (String id : simple.getTimestampIdList()) {
            say(path, "timestamp", id, simple);
        }
    }

    private void say(String path, String kind, String id, SimpleReport simple) {
        boolean signature = kind.equals("signature");
        System.out.println("{" + String.join(",",
            field("file", path),
            field("kind", kind),
            field("level", signature ? String.valueOf(simple.getSignatureFormat(id)) : ""),
            field("indication", String.valueOf(simple.getIndication(id))),
            field("sub_indication", simple.getSubIndication(id) == null ? "" : simple.getSubIndication(id).name()),
            field("signed_by", signature ? simple.getSignedBy(id) : simple.getProducedBy(id)),
            list("errors", simple.getAdESValidationErrors(id)),
            list("warnings", simple.getAdESValidationWarnings(id)),
            list("infos", simple.getAdESValidationInfo(id))
        ) + "}");
    }

    private CommonCertificateVerifier verifier() {
        var verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(anchors);
        verifier.setAIASource(null);
        verifier.setOcspSource(null);
        verifier.setCrlSource(lists);
        return verifier;
    }

    private static RevocationSource<CRL> freshest(File folder) {
        String[] paths = Arrays.stream(files(folder)).map(File::getPath).toArray(String[]::new);
        InputStream[] contents = Arrays.stream(paths).map(Judge::open).toArray(InputStream[]::new);
        var source = new ExternalResourcesCRLSource(contents);
        return (CertificateToken certificate, CertificateToken issuer) -> {
            List<RevocationToken<CRL>> tokens = source.getRevocationTokens(certificate, issuer);
            return tokens.stream().max(Comparator.comparing(RevocationToken::getThisUpdate)).orElse(null);
        };
    }

    private static InputStream open(String path) {
        try {
            return Files.newInputStream(Path.of(path));
        } catch (IOException problem) {
            throw new IllegalArgumentException(problem);
        }
    }

    private static File[] files(File folder) {
        File[] files = folder.listFiles(File::isFile);
        if (files == null || files.length == 0) {
            throw new IllegalArgumentException("nothing in " + folder);
        }
        Arrays.sort(files);
        return files;
    }

    private static String list(String name, List<Message> messages) {
        return quoted(name) + ":[" + messages.stream().map(m -> quoted(m.getKey() + ": " + m.getValue()))
            .collect(Collectors.joining(",")) + "]";
    }

    private static String field(String name, String value) {
        return quoted(name) + ":" + quoted(value == null ? "" : value);
    }

    private static String quoted(String text) {
        var written = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            if (letter == '"' || letter == '\\') {
                written.append('\\').append(letter);
            } else if (letter < ' ') {
                written.append(String.format("\\u%04x", (int) letter));
            } else {
                written.append(letter);
            }
        }
        return written.append('"').toString();
    }
}
