import { describe, expect, it } from "@jest/globals";
import { roles } from "../../../shared/access/principal.ts";
import { routes } from "../../../shared/contract/routes.ts";
import { rejections } from "../../../shared/dicom/rejected.ts";
import { problems } from "../../../shared/errors.ts";
import { quarantineReasons } from "../../../shared/ingest/quarantine-reasons.ts";
import { attributes } from "../../../shared/query/attribute-dictionary.ts";
import { searchLimits } from "../../../shared/query/search-limits.ts";
import { read } from "./pages.ts";

const api = read("docs/api.md");
const conformance = read("docs/conformance-statement.md");
const imageRoot = "/dicomweb/{scope}";

/** Of single frames, not of a file: nothing is quarantined for them. */
const ofFrames = new Set(["no-pixel-data", "no-such-frame", "damaged-pixel-data"]);

describe("a client developer", () => {
  it.each(routes.filter(({ path }) => !path.startsWith(imageRoot)))(
    "finds $method $path in the API's page",
    ({ method, path }) => {
      expect(api).toContain(`| \`${method} ${path}\` |`);
    },
  );

  it.each(routes.filter(({ path }) => path.startsWith(imageRoot)))(
    "finds $path in the conformance statement",
    ({ path }) => {
      expect(conformance).toContain(`| \`${path.slice(imageRoot.length)}\` |`);
    },
  );

  it.each(Object.entries(problems))("learns what the problem %s means", (type, { status }) => {
    expect(api).toContain(`| \`${type}\` | ${status} |`);
  });

  it.each(Object.entries(attributes))("finds attribute %s among the search keys", (tag) => {
    expect(conformance).toContain(tag);
  });

  it("is told the limits of a search as they are", () => {
    const { defaultLimit, maximumLimit, maximumOffset, studiesExamined } = searchLimits;
    const shown = (limit: number): string => limit.toLocaleString("en");
    expect(conformance).toContain(`studies: ${shown(defaultLimit)} unless said`);
    expect(conformance).toContain(`A larger number than ${shown(maximumLimit)} counts as`);
    expect(conformance).toContain(`| offset | ${shown(maximumOffset)} |`);
    expect(conformance).toContain(`| studies examined a request | about ${shown(studiesExamined)} |`);
  });
});

describe("a technician", () => {
  const codes = [...Object.keys(rejections), ...Object.keys(quarantineReasons)];
  it.each(codes.filter((code) => !ofFrames.has(code)))("learns what to do about %s", (code) => {
    expect(read("docs/clinic.md")).toContain(`\`${code}\``);
  });
});

describe("a deployer", () => {
  it.each(roles.filter((role) => role !== "service"))("finds the role %s", (role) => {
    expect(read("docs/deploy.md")).toContain(`\`${role}\``);
  });
});
