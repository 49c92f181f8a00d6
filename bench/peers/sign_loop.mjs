// @signpdf and libpdf in a process of their own; see process.py for the protocol.
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [system, document, keys, password] = process.argv.slice(2);
const pdf = readFileSync(document);
const p12 = readFileSync(keys);

const systems = {
  async signpdf() {
    const { SignPdf } = await import("@signpdf/signpdf");
    const { P12Signer } = await import("@signpdf/signer-p12");
    const { plainAddPlaceholder } = await import("@signpdf/placeholder-plain");
    const { SUBFILTER_ETSI_CADES_DETACHED } = await import("@signpdf/utils");
    const signpdf = new SignPdf();
    return async () =>
      signpdf.sign(
        plainAddPlaceholder({
          pdfBuffer: pdf,
          reason: "",
          contactInfo: "",
          name: "Siti Contoh Rahayu",
          location: "",
          signatureLength: 16384,
          subFilter: SUBFILTER_ETSI_CADES_DETACHED,
        }),
        new P12Signer(p12, { passphrase: password }), // it signs once only
      );
  },
  async libpdf() {
    const { PDF, P12Signer } = await import("@libpdf/core");
    const signer = await P12Signer.create(new Uint8Array(p12), password);
    return async () => {
      const opened = await PDF.load(new Uint8Array(pdf));
      const signed = await opened.sign({ signer, level: "B-B", estimatedSize: 16384 });
      return signed.bytes;
    };
  },
};

const sign = await systems[system]();
await sign();
console.log(`ready ${system}`);
for await (const line of createInterface({ input: process.stdin })) {
  const [what, argument] = [line.slice(0, 4), line.slice(5)];
  if (what === "save") {
    writeFileSync(argument, await sign());
    console.log("saved");
    continue;
  }
  const n = Number(argument);
  const before = process.cpuUsage();
  const began = process.hrtime.bigint();
  for (let i = 0; i < n; i += 1) await sign();
  const { user, system: kernel } = process.cpuUsage(before);
  console.log(`${n} ${(user + kernel) / 1e6} ${Number(process.hrtime.bigint() - began) / 1e9}`);
}
