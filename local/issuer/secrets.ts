/** The issuer's own secrets, kept over warm restarts so that tokens handed out before stay valid. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readJsonFile, writePrivateJson } from "../private-file.ts";

export interface IssuerSecrets {
  /** Private signing keys as JWKs; the first signs. */
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] };
  readonly cookieKeys: readonly string[];
  /** Client secret of the machine client `mic-gateway`. */
  readonly gatewaySecret: string;
}

export function newIssuerSecrets(): IssuerSecrets {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" };
  return {
    jwks: { keys: [{ ...key, kid: randomBytes(8).toString("hex") }] },
    cookieKeys: [randomBytes(32).toString("base64url")],
    gatewaySecret: randomBytes(32).toString("base64url"),
  };
}

export async function loadIssuerSecrets(file: string): Promise<IssuerSecrets> {
  const kept = await readJsonFile<IssuerSecrets>(file);
  if (kept) return kept;
  const secrets = newIssuerSecrets();
  await writePrivateJson(file, secrets);
  return secrets;
}
