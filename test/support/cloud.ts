/** The running cloud a journey talks to: the local one, or a stage on AWS described by the same kind of file. */
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CloudFile } from "../../local/cloud-file.ts";
import type { FilesReply, Ledger } from "../../shared/contract/schemas/upload.ts";

export const cloudFile = process.env.MIC_CLOUD ?? join(import.meta.dirname, "../../.local/cloud.json");

/** As much of cloud.json as journeys need; on AWS there is no emulator. */
export interface CloudUnderTest
  extends Pick<CloudFile, "web" | "api" | "region" | "stage">,
    Partial<Pick<CloudFile, "emulator">> {
  readonly users: readonly Pick<
    CloudFile["users"][number],
    "username" | "role" | "hospital" | "accessToken"
  >[];
}

/** What runs. Journeys only start through `npm test` or with MIC_CLOUD naming a cloud.json. */
export const cloud: CloudUnderTest = JSON.parse(readFileSync(cloudFile, "utf8"));

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A signed-in person or machine. Every method answers whatever the server said, errors included. */
export class Session {
  readonly token: string;

  constructor(token: string) {
    this.token = token;
  }

  get<T = Json>(path: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.call<T>("GET", path, undefined, headers);
  }
  post<T = Json>(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.call<T>("POST", path, body, headers);
  }

  async call<T = Json>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const answer = await fetch(`${cloud.api}${path}`, {
      method,
      redirect: "manual",
      headers: {
        ...(this.token === "" ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = /json/.test(answer.headers.get("content-type") ?? "");
    return {
      status: answer.status,
      headers: answer.headers,
      body: (json && text !== "" ? JSON.parse(text) : text) as T,
    };
  }

  /** Follows a redirect to S3 as clients do: without the Authorization header. */
  async download(path: string, headers: Record<string, string> = {}): Promise<Response> {
    const { status, headers: answered, body } = await this.get(path, headers);
    if (status !== 307) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    return fetch(answered.get("location") as string, { headers });
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a journey reads answers as their receiver would, untyped
export type Json = any;

/** `username` as in cloud.json, such as `radiologist@qinghe-county`. */
export function signedIn(username: string): Session {
  const user = cloud.users.find((one) => one.username === username);
  if (!user) throw new Error(`no user ${username} in cloud.json`);
  return new Session(user.accessToken);
}
export const stranger = new Session("");

export interface SentFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}
export interface SendOptions {
  readonly priority?: "routine" | "stat";
  readonly encounterClass?: "outpatient" | "inpatient";
  readonly expected?: readonly { readonly studyUid: string; readonly instances: number }[];
  /** Announced behind the others, and never sent. */
  readonly announcedOnly?: readonly SentFile[];
}

/** Announces and PUTs the files, completes the upload, and answers its id. */
export async function send(
  session: Session,
  files: readonly SentFile[],
  { announcedOnly = [], ...options }: SendOptions = {},
): Promise<string> {
  const announced = [...files, ...announcedOnly];
  const manifest = announced.map(({ name, bytes }) => ({ name, size: bytes.length, sha256: sha256(bytes) }));
  const headers = { "idempotency-key": randomUUID() };
  const made = await session.post<FilesReply>("/v1/uploads", { files: manifest, ...options }, headers);
  if (made.status !== 201)
    throw new Error(`createUpload answered ${made.status}: ${JSON.stringify(made.body)}`);
  await Promise.all(files.map((file, index) => putFile(made.body.files[index]?.put, file)));
  await session.post(`/v1/uploads/${made.body.uploadId}/complete`);
  return made.body.uploadId;
}

async function putFile(
  put: FilesReply["files"][number]["put"] | undefined,
  { name, bytes }: SentFile,
): Promise<void> {
  if (put === undefined) throw new Error(`no URL for ${name}`);
  const answer = await fetch(put.url, { method: "PUT", headers: put.headers, body: bytes.slice() });
  if (!answer.ok) throw new Error(`PUT of ${name} answered ${answer.status}: ${await answer.text()}`);
}

/** Waits until every file of the upload has its final state. */
export async function settled(session: Session, uploadId: string, seconds = 90): Promise<Ledger> {
  return eventually(`upload ${uploadId} settled`, seconds, async () => {
    const { body } = await session.get<Ledger>(`/v1/uploads/${uploadId}?limit=1000`);
    return body.done ? body : undefined;
  });
}

/** Asks again until there is an answer. Throws, naming what was awaited, when there is none in time. */
export async function eventually<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > until) throw new Error(`waited ${seconds} s for: ${what}`);
    await sleep(250);
  }
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
