import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { trustVariables, writeBundle } from "../../../local/trust.ts";

describe("trust in the local cloud's certificate", () => {
  const before = { ...process.env };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trust-"));
  });
  afterEach(() => {
    process.env = { ...before };
    rmSync(folder, { recursive: true });
  });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const pem = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`;

  it("is added to what the machine trusts already, each certificate once", () => {
    process.env.NODE_EXTRA_CA_CERTS = file(
      "company.pem",
      `Company root\n${pem("company")}\n${pem("company")}\n`,
    );
    process.env.SSL_CERT_FILE = join(folder, "missing.pem");
    const own = file("server.crt", pem("own"));
    const bundle = writeBundle(folder, own);
    const text = readFileSync(bundle, "utf8");
    expect(text.split(pem("own"))).toHaveLength(2);
    expect(text.split(pem("company"))).toHaveLength(2);
    expect(text).toContain(rootCertificates[0]?.trim());
    process.env.NODE_EXTRA_CA_CERTS = bundle;
    expect(readFileSync(writeBundle(folder, own), "utf8")).not.toContain(pem("company"));
    expect(trustVariables(bundle)).toMatchObject({ NODE_EXTRA_CA_CERTS: bundle, AWS_CA_BUNDLE: bundle });
  });
});
