import java.io.File;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.util.Calendar;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationWidget;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.SignatureOptions;
import org.apache.pdfbox.pdmodel.interactive.form.PDAcroForm;
import org.apache.pdfbox.pdmodel.interactive.form.PDField;
import org.apache.pdfbox.pdmodel.interactive.form.PDTextField;

/** Appends to a PDF with PDFBox: `sign IN OUT` or `fill IN OUT`, as many of them in a row as wanted. */
public final class FillAndSign {
    public static void main(String[] arguments) throws Exception {
        for (int at = 0; at < arguments.length; at += 3) {
            File input = new File(arguments[at + 1]);
            try (PDDocument document = PDDocument.load(input);
                    OutputStream output = new FileOutputStream(arguments[at + 2])) {
                if (arguments[at].equals("fill")) {
                    fill(document);
                } else {
                    sign(document);
                }
                document.saveIncremental(output);
            }
        }
    }

    private static void fill(PDDocument document) throws Exception {
        PDAcroForm form = document.getDocumentCatalog().getAcroForm();
        for (PDField field : form.getFields()) {
            if (field instanceof PDTextField) {
                field.setValue("Dinas");
                touch(field.getCOSObject());
                for (PDAnnotationWidget widget : field.getWidgets()) {
                    touch(widget.getCOSObject());
                    COSDictionary appearances = widget.getCOSObject().getCOSDictionary(COSName.AP);
                    touch(appearances);
                    touch((COSDictionary) appearances.getDictionaryObject(COSName.N));
                }
            }
        }
        touch(form.getCOSObject());
        touch(document.getDocumentCatalog().getCOSObject());
    }

    private static void touch(COSDictionary dictionary) {
        dictionary.setNeedToBeUpdated(true);
    }

    private static void sign(PDDocument document) throws Exception {
        PDSignature signature = new PDSignature();
        signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
        signature.setSubFilter(COSName.getPDFName("ETSI.CAdES.detached"));
        signature.setSignDate(Calendar.getInstance());
        SignatureOptions options = new SignatureOptions();
        options.setPreferredSignatureSize(9000);
        // What is signed is not asked here, only what is written around it.
        document.addSignature(signature, content -> new byte[] {0x30, 3, 2, 1, 1}, options);
    }
}
