/** Makes processes trust the emulator's self-signed certificate without distrusting anything they trusted before. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

/** Variables that replace a program's certificate store, so the file they name must hold the machine's own too. */
const replacing = ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] as const;

/**
 * Writes `ca-bundle.pem` (the machine's certificates and this one) into `folder` and answers its path.
 * A variable that already names a bundle keeps all it had: on such a machine npm and pip depend on it.
 */
export function writeBundle(folder: string, certificateFile: string): string {
  const path = join(folder, "ca-bundle.pem");
  const named = [...replacing, "NODE_EXTRA_CA_CERTS"]
    .map((variable) => process.env[variable])
    .filter((file) => file !== undefined && file !== path && existsSync(file))
    .flatMap((file) => certificatesIn(readFileSync(file as string, "utf8")));
  const own = certificatesIn(readFileSync(certificateFile, "utf8"));
  const all = new Set([...own, ...named, ...getCACertificates("system"), ...getCACertificates("bundled")]);
  writeFileSync(path, `${[...all].map((pem) => pem.trim()).join("\n")}\n`);
  return path;
}

/** The variables by which Node, Python, the AWS SDKs and curl find the bundle. */
export function trustVariables(caBundle: string): Record<string, string> {
  return Object.fromEntries([...replacing, "NODE_EXTRA_CA_CERTS"].map((variable) => [variable, caBundle]));
}

/** The same for this process, which read its variables when it started. */
export function trustHere(caBundle: string): void {
  setDefaultCACertificates(certificatesIn(readFileSync(caBundle, "utf8")));
}

function certificatesIn(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
