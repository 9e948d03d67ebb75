/** The API as a stranger with a link uses it. The link's token leaves the page once, in a POST body, and is in no URL. */
import type { Opened } from "./opened.ts";
import type { Dataset } from "./series-images.ts";

export type OpenResult =
  | { readonly kind: "opened"; readonly client: ShareClient; readonly opened: Opened }
  | { readonly kind: "passcode"; readonly wrong: boolean }
  | { readonly kind: "closed" }
  | { readonly kind: "offline" };

const api = "/api";

interface OpenReply {
  readonly accessToken: string;
  readonly shareId: string;
}

/** What the link's holder does until it is open. Nothing that was counted as an opening is asked for twice. */
export class Link {
  readonly #token: string;
  /** The same for every try: an opening whose answer was lost is the same opening. Plain HTTP has no randomUUID. */
  readonly #openingId: string | undefined = crypto.randomUUID?.();
  #passcode: string | undefined;
  #client: ShareClient | undefined;

  constructor(token: string) {
    this.#token = token;
  }

  /** Exchanges the token for a short-lived access token and reads what it opens. Never rejects. */
  async open(passcode = this.#passcode): Promise<OpenResult> {
    try {
      const client = this.#client ?? (await this.#exchange(passcode));
      if (!(client instanceof ShareClient)) return client;
      this.#client = client;
      return { kind: "opened", client, opened: await client.opened() };
    } catch (error) {
      if (!(error instanceof NotShown) || error.absence !== "sessionEnded") return { kind: "offline" };
      this.#client = undefined;
      return { kind: "closed" };
    }
  }

  async #exchange(passcode: string | undefined): Promise<ShareClient | OpenResult> {
    const answer = await fetch(`${api}/v1/shares/open`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token: this.#token, passcode, openingId: this.#openingId }),
    });
    this.#passcode = answer.status === 403 ? undefined : passcode;
    if (answer.status >= 500 || answer.status === 429) return { kind: "offline" };
    if (answer.status === 403) return { kind: "passcode", wrong: passcode !== undefined };
    if (!answer.ok) return { kind: "closed" };
    const { accessToken, shareId } = (await answer.json()) as OpenReply;
    return new ShareClient(accessToken, shareId);
  }
}

/**
 * Why something of an opened link is not there: the session ended or the link was revoked, it is still being made, its
 * format has no frames, or the line broke.
 */
export type Absence = "sessionEnded" | "preparing" | "notShown" | "offline";

export class NotShown extends Error {
  override readonly name = "NotShown";
  readonly absence: Absence;

  constructor(absence: Absence) {
    super(absence);
    this.absence = absence;
  }
}

const absences: Readonly<Record<string, Absence>> = {
  unauthenticated: "sessionEnded",
  forbidden: "sessionEnded",
  "link-closed": "sessionEnded",
  // A revoked link's study is not there any more.
  "not-found": "sessionEnded",
  "not-acceptable": "notShown",
  unavailable: "preparing",
};

/** By the problem the API names (RFC 9457); storage names none, and its refusals pass: a signed URL had expired. */
async function absenceIn(answer: Response): Promise<Absence> {
  const problem = (await answer.json().catch(() => ({}))) as { type?: string; frames?: number };
  // The study is there, the frame is not.
  if (problem.frames !== undefined) return "notShown";
  const type = problem.type?.split("/").at(-1) ?? "";
  return absences[type] ?? (answer.status === 401 ? "sessionEnded" : "offline");
}

export class ShareClient {
  readonly #token: string;
  readonly #scope: string;
  #studyUid = "";

  constructor(token: string, shareId: string) {
    this.#token = token;
    this.#scope = `share-${shareId}`;
  }

  async opened(): Promise<Opened> {
    const opened = (await (await this.#get(`${api}/v1/shares/opened`, "application/json")).json()) as Opened;
    this.#studyUid = opened.study.studyUid;
    return opened;
  }

  async metadata(seriesUid: string): Promise<Dataset[]> {
    const answer = await this.#get(`${this.#series(seriesUid)}/metadata`, "application/dicom+json");
    return (await answer.json()) as Dataset[];
  }

  async frame(
    seriesUid: string,
    sopUid: string,
    frame: number,
  ): Promise<{ contentType: string; bytes: Uint8Array }> {
    // An unquoted `type` keeps Accept a CORS-safelisted header, so the redirect needs no preflight.
    const accept =
      "multipart/related; type=application/octet-stream; transfer-syntax=*, multipart/related; type=image/jpeg; transfer-syntax=*";
    const answer = await this.#get(`${this.#series(seriesUid)}/instances/${sopUid}/frames/${frame}`, accept);
    return {
      contentType: answer.headers.get("content-type") ?? "",
      bytes: new Uint8Array(await answer.arrayBuffer()),
    };
  }

  /** An object URL of the thumbnail; undefined when there is none. */
  async thumbnail(seriesUid: string, sopUid: string): Promise<string | undefined> {
    try {
      const answer = await this.#get(
        `${this.#series(seriesUid)}/instances/${sopUid}/thumbnail`,
        "image/jpeg",
      );
      return URL.createObjectURL(await answer.blob());
    } catch {
      return undefined;
    }
  }

  /** The stored original, for links that allow downloads. */
  async original(seriesUid: string, sopUid: string): Promise<Blob> {
    const answer = await this.#get(`${this.#series(seriesUid)}/instances/${sopUid}`, "application/dicom");
    return answer.blob();
  }

  #series(seriesUid: string): string {
    return `${api}/dicomweb/${this.#scope}/studies/${this.#studyUid}/series/${seriesUid}`;
  }

  async #get(url: string, accept: string): Promise<Response> {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${this.#token}`, accept } });
    if (answer.ok) return answer;
    throw new NotShown(await absenceIn(answer));
  }
}
