import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { s3DownloadSigner } from "../../../shared/aws/s3-download-signer.ts";

const ref = { bucket: "derived", key: "cn/village/1.2/thumbnail 1.jpg" } as const;
const options = { buckets: { derived: "images" }, urlSuffix: "suffix.example" };

describe("a signed download", () => {
  const before = { ...process.env };
  beforeEach(() => {
    Object.assign(process.env, {
      AWS_REGION: "cn-north-1",
      AWS_ACCESS_KEY_ID: "AKID",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "a+token/with=signs",
    });
    delete process.env.AWS_ENDPOINT_URL;
  });
  afterEach(() => {
    process.env = { ...before };
  });

  it("names the bucket's host in the function's region and partition", async () => {
    const { url, method, headers } = await s3DownloadSigner(options).signGet(ref, { seconds: 30 });
    const { origin, pathname, searchParams } = new URL(url);
    expect(origin).toBe("https://images.s3.cn-north-1.suffix.example");
    expect(pathname).toBe("/cn/village/1.2/thumbnail%201.jpg");
    expect(searchParams.get("X-Amz-Expires")).toBe("30");
    expect(searchParams.get("X-Amz-Security-Token")).toBe("a+token/with=signs");
    expect({ method, headers }).toEqual({ method: "GET", headers: {} });
  });

  it("uses paths on a local cloud, and hands out the origin a browser can reach", async () => {
    process.env.AWS_ENDPOINT_URL = "https://127.0.0.1:8482/";
    const local = await s3DownloadSigner(options).signGet(ref, { seconds: 30 });
    expect(local.url).toMatch(/^https:\/\/127\.0\.0\.1:8482\/images\/cn\//);
    const publicS3Origin = "http://127.0.0.1:8481";
    const handedOut = await s3DownloadSigner({ ...options, publicS3Origin }).signGet(ref, { seconds: 30 });
    expect(handedOut.url).toMatch(/^http:\/\/127\.0\.0\.1:8481\/images\/cn\/.*X-Amz-SignedHeaders=host&/);
  });

  it("spells spaces as they were signed and names that any header can carry", async () => {
    const signed = { seconds: 30, filename: "王's (1)*.dcm", contentType: "a/b; c=d e" };
    const { url } = await s3DownloadSigner(options).signGet(ref, signed);
    expect(url).not.toContain("+");
    const disposition = new URL(url).searchParams.get("response-content-disposition");
    expect(disposition).toBe("attachment; filename*=UTF-8''%E7%8E%8B%27s%20%281%29%2A.dcm");
  });

  it("refuses a bucket that the function was not given", async () => {
    const elsewhere = { bucket: "archive", key: "a" } as const;
    await expect(s3DownloadSigner(options).signGet(elsewhere, { seconds: 30 })).rejects.toThrow("no archive");
  });
});
