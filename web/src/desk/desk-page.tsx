/** `#quarantine`: the files that wait; `#quarantine/<upload>/<file>`: one of them. */
import { useApp } from "../app/context.ts";
import { QuarantineList } from "./quarantine-list.tsx";
import { QuarantinedFile } from "./quarantined-file.tsx";

export function DeskPage() {
  const [, uploadId, fileId] = useApp().route;
  if (uploadId === undefined || fileId === undefined) return <QuarantineList />;
  return <QuarantinedFile key={`${uploadId} ${fileId}`} uploadId={uploadId} fileId={fileId} />;
}
