import { uploadSchemas } from "../../shared/contract/schemas/upload.ts";
import { addFiles } from "../../shared/upload/add-files.ts";
import { assembleFile } from "../../shared/upload/assemble-file.ts";
import { completeUpload } from "../../shared/upload/complete-upload.ts";
import { createUpload } from "../../shared/upload/create-upload.ts";
import type { UploadDependencies } from "../../shared/upload/dependencies.ts";
import { getUploadFindings } from "../../shared/upload/get-findings.ts";
import { getLedger } from "../../shared/upload/get-ledger.ts";
import { uploadLimits } from "../../shared/upload/limits.ts";
import { listUploads } from "../../shared/upload/list-uploads.ts";
import { listParts, signParts } from "../../shared/upload/sign-parts.ts";
import { environment } from "../environment.ts";
import type { Kernel } from "../http/kernel.ts";
import type { ApiHandler } from "../http/lambda-handler.ts";
import { api } from "../http.ts";
import { stores } from "../stores.ts";

function dependencies(): UploadDependencies {
  const { uploads: signer, keyState, clock } = stores();
  return { signer, keyState, clock, limits: { ...uploadLimits, ...environment("settings").limits } };
}

/** Announce, send, account. Tests pass stores of their own. */
export const uploadApi = (dependencies: () => UploadDependencies, kernel?: () => Kernel): ApiHandler =>
  api(
    "upload",
    {
      schemas: uploadSchemas,
      handlers: {
        createUpload: async ({ grant, body, id }) => ({
          status: 201,
          body: await createUpload(dependencies(), grant, id, body),
        }),
        listUploads: async ({ grant, query }) => ({ status: 200, body: await listUploads(grant, query) }),
        getUpload: async ({ grant, params, query }) => ({
          status: 200,
          body: await getLedger(grant, params.uploadId, query),
        }),
        getUploadFindings: async ({ grant, params, query }) => ({
          status: 200,
          body: await getUploadFindings(grant, params.uploadId, query),
        }),
        addUploadFiles: async ({ grant, params, body, id }) => ({
          status: 200,
          body: await addFiles(dependencies(), grant, { ...params, requestId: id }, body),
        }),
        signUploadParts: async ({ grant, params, body }) => ({
          status: 200,
          body: await signParts(dependencies(), grant, params, body.parts),
        }),
        listUploadParts: async ({ grant, params }) => ({
          status: 200,
          body: await listParts(dependencies(), grant, params),
        }),
        assembleUploadFile: async ({ grant, params }) => ({
          status: 200,
          body: await assembleFile(dependencies(), grant, params),
        }),
        completeUpload: async ({ grant, params }) => ({
          status: 200,
          body: await completeUpload(dependencies(), grant, params.uploadId),
        }),
      },
      // Signed URLs are never stored: a repeated request is answered by signing the same files again.
      replay: {
        createUpload: async ({ grant, body, id }) => ({
          status: 201,
          body: await createUpload(dependencies(), grant, id, body),
        }),
        addUploadFiles: async ({ grant, params, body, id }) => ({
          status: 200,
          body: await addFiles(dependencies(), grant, { ...params, requestId: id }, body),
        }),
      },
    },
    kernel,
  );

export const handler = uploadApi(dependencies);
