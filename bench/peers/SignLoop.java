// Apache PDFBox 2 with Bouncy Castle in a process of its own; see process.py for the protocol.
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Hashtable;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.SignatureOptions;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

public final class SignLoop {
  private static final int RESERVED = 16384;

  private final byte[] document;
  private final PrivateKey key;
  private final JcaX509CertificateHolder holder;
  private final JcaCertStore chain;
  private final AttributeTable attributes;
  private final DigestCalculatorProvider digests;
  private final String algorithm;

  private SignLoop(Path document, Path keys, char[] password) throws Exception {
    this.document = Files.readAllBytes(document);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(keys.toFile())) {
      store.load(in, password);
    }
    String alias = store.aliases().nextElement();
    Certificate[] certificates = store.getCertificateChain(alias);
    key = (PrivateKey) store.getKey(alias, password);
    holder = new JcaX509CertificateHolder((X509Certificate) certificates[0]);
    chain = new JcaCertStore(Arrays.asList(certificates));
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificates[0].getEncoded());
    SigningCertificateV2 named = new SigningCertificateV2(new ESSCertIDv2(hash));
    Hashtable<ASN1ObjectIdentifier, ASN1Encodable> table = new Hashtable<>();
    table.put(
        PKCSObjectIdentifiers.id_aa_signingCertificateV2,
        new Attribute(PKCSObjectIdentifiers.id_aa_signingCertificateV2, new DERSet(named)));
    attributes = new AttributeTable(table);
    digests = new JcaDigestCalculatorProviderBuilder().build();
    algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
  }

  private byte[] cms(InputStream content) throws IOException {
    try {
      CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
      generator.addSignerInfoGenerator(
          new JcaSignerInfoGeneratorBuilder(digests)
              .setSignedAttributeGenerator(new DefaultSignedAttributeTableGenerator(attributes))
              .build(new JcaContentSignerBuilder(algorithm).build(key), holder));
      generator.addCertificates(chain);
      return generator.generate(new CMSProcessableByteArray(content.readAllBytes()), false).getEncoded("DER");
    } catch (IOException problem) {
      throw problem;
    } catch (Exception problem) {
      throw new IOException(problem);
    }
  }

  private byte[] sign() {
    try (PDDocument opened = PDDocument.load(document);
        SignatureOptions options = new SignatureOptions()) {
      PDSignature signature = new PDSignature();
      signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
      signature.setSubFilter(PDSignature.SUBFILTER_ETSI_CADES_DETACHED);
      signature.setName("Siti Contoh Rahayu");
      signature.setSignDate(Calendar.getInstance());
      options.setPreferredSignatureSize(RESERVED);
      opened.addSignature(signature, this::cms, options);
      ByteArrayOutputStream out = new ByteArrayOutputStream(document.length + 4 * RESERVED);
      opened.saveIncremental(out);
      return out.toByteArray();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  public static void main(String[] given) throws Exception {
    SignLoop loop = new SignLoop(Path.of(given[0]), Path.of(given[1]), given[2].toCharArray());
    OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    loop.sign();
    System.out.println("ready pdfbox");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String argument = line.substring(5);
      if (line.startsWith("save ")) {
        Files.write(Path.of(argument), loop.sign());
        System.out.println("saved");
        continue;
      }
      int n = Integer.parseInt(argument);
      long cpu = machine.getProcessCpuTime();
      long wall = System.nanoTime();
      for (int i = 0; i < n; i++) loop.sign();
      cpu = machine.getProcessCpuTime() - cpu;
      wall = System.nanoTime() - wall;
      System.out.println(n + " " + cpu / 1e9 + " " + wall / 1e9);
    }
  }
}
