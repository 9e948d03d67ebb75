import { createHash } from "node:crypto";

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
export const text = (body: Uint8Array): string => Buffer.from(body).toString();
export const hex = (body: Uint8Array): string => createHash("sha256").update(body).digest("hex");
