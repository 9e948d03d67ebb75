/** A hospital at work in memory: what it sends is ingested, followed through the stream, derived, and reported on. */
import type { S3Event } from "aws-lambda";
import { ulid } from "ulid";
import type { Grant } from "../../shared/access/grant.ts";
import type { StudyKey } from "../../shared/catalog/keys.ts";
import type { CreateUploadRequest } from "../../shared/contract/schemas/upload.ts";
import { deriveInstance } from "../../shared/derive/derive-instance.ts";
import type { DeriveMessage } from "../../shared/derive/derive-message.ts";
import { draftReport } from "../../shared/report/draft-report.ts";
import { quoted } from "../../shared/report/if-match.ts";
import type { SigningDeps } from "../../shared/report/make-signature.ts";
import { signReport } from "../../shared/report/sign-report.ts";
import { completeUpload } from "../../shared/upload/complete-upload.ts";
import { type Audited, audited } from "./audited.ts";
import { type Clinic, clinic, followStream, type Sent } from "./clinic.ts";
import { testGrant } from "./grant.ts";
import { memoryEventBus } from "./memory/event-bus.ts";
import { type MemoryQueue, memoryQueue } from "./memory/queue.ts";
import { user } from "./principals.ts";
import { type StreamedTable, streamed } from "./stream.ts";

export interface WorkingHospital extends Clinic {
  readonly stream: StreamedTable;
  readonly queue: MemoryQueue;
  /** Sends, ingests, and lets everything that follows happen. */
  receive(files: readonly Uint8Array[], request?: Partial<CreateUploadRequest>): Promise<Sent>;
  /** Lets the stream and the derive queues run dry. */
  settle(): Promise<void>;
  /** Who reads the hospital's studies, and what signing needs. */
  doctor(studyUid: string): { readonly grant: Grant; readonly deps: SigningDeps };
  /** A report drafted and signed; answers its id. */
  report(studyUid: string): Promise<string>;
  audit(options?: { readonly verifyBytes?: boolean }): Promise<Audited>;
}

export async function workingHospital(name?: string, network?: Clinic): Promise<WorkingHospital> {
  const here = await clinic(name, network);
  const stream = streamed(here.table);
  const [queue, events] = [memoryQueue(), memoryEventBus()];
  const { objects, clock, keyService } = here;
  const signingKeyArn = keyService.createSigningKey();
  const doctor = (studyUid: string) => {
    const principal = user("radiologist", here.hospital.hospital, { id: "user:li", name: "李医生" });
    const study: StudyKey = { ...here.hospital, studyUid };
    const stores = { table: stream.table, objects, clock };
    return {
      grant: testGrant({ principal, action: "signReport", study, ...stores }),
      deps: { keys: keyService, clock, signingKeyArn },
    };
  };
  const settle = async () => {
    const deps = { objects, queue, events, clock };
    const derive = { table: stream.table, objects, clock };
    for (let left = 1; left > 0; ) {
      await followStream(deps, stream);
      const messages = queue.drain() as DeriveMessage[];
      for (const message of messages) await deriveInstance(derive, message);
      const woken = [...queue.drain("ingest-stat"), ...queue.drain("ingest")] as readonly S3Event[];
      for (const { Records } of woken)
        for (const { s3 } of Records) await here.ingest({ key: s3.object.key }, { table: stream.table });
      left = messages.length + woken.length;
    }
  };
  return {
    ...here,
    stream,
    queue,
    settle,
    async receive(files, request) {
      const sent = await here.send(files, request);
      for (const event of sent.landed) await here.ingest(event, { table: stream.table });
      await completeUpload(
        here.upload,
        { ...here.grant("completeUpload"), table: stream.table },
        sent.uploadId,
      );
      await settle();
      return sent;
    },
    doctor,
    async report(studyUid) {
      const { grant, deps } = doctor(studyUid);
      const reportId = ulid(clock.now().getTime());
      const content = {
        language: "zh-CN",
        findings: "两肺清晰。",
        impression: "未见异常。",
        critical: false,
      };
      const { etag } = await draftReport(grant, deps, { reportId, content });
      await signReport(grant, deps, { reportId, ifMatch: quoted(etag) });
      await settle();
      return reportId;
    },
    audit: (options = {}) => audited(here, options),
  };
}
