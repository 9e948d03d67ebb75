import { type PolicyJson, validate } from "@cedar-policy/cedar-wasm/nodejs";
import { describe, expect, it } from "@jest/globals";
import { actionName, decide } from "../../../shared/access/decide.ts";
import { actionGroups, policies } from "../../../shared/access/policies/compiled.ts";
import * as source from "../../../shared/access/policies/generate.ts";
import { routes } from "../../../shared/contract/routes.ts";
import { user } from "../../support/principals.ts";

const compiled = (): Record<string, PolicyJson> =>
  Object.fromEntries(Object.entries(policies).map(([id, policy]) => [id, JSON.parse(policy) as PolicyJson]));

describe("the policies", () => {
  it("are the ones in the files an auditor reads (generate.ts writes them)", () => {
    expect(compiled()).toEqual(source.policiesById());
    expect(actionGroups).toEqual(source.actionGroups());
  });

  it("are strictly valid against their schema", () => {
    const answer = validate({
      schema: source.schemaText(),
      policies: { staticPolicies: compiled() },
      validationSettings: { mode: "strict" },
    });
    expect(answer).toMatchObject({ type: "success", validationErrors: [], validationWarnings: [] });
  });

  it("know every route that is not public as an action, and no other", () => {
    const actions = routes.filter(({ access }) => "target" in access).map(({ id }) => actionName(id));
    expect(Object.keys(actionGroups).sort()).toEqual(actions.sort());
  });

  it("let nobody sign without a licence, whatever else permits it", () => {
    const report = {
      type: "Report",
      id: "r",
      hospital: "village-1",
      viewers: [],
      reporters: [],
      downloaders: [],
    } as const;
    const { licence: _, ...unlicensed } = user("radiologist", "village-1");
    expect(decide(unlicensed, "signReport", report)).toEqual({
      allowed: false,
      policies: ["signing-needs-a-licence"],
    });
    expect(decide(unlicensed, "updateReport", report).allowed).toBe(true);
    expect(decide(user("radiologist", "village-1"), "signReport", report).allowed).toBe(true);
  });

  it("give a person with two roles what either may do", () => {
    const hospital = { type: "Hospital", id: "h", hospital: "village-1" } as const;
    const both = user(["technician", "auditor"], "village-1");
    expect(decide(both, "createUpload", hospital)).toEqual({
      allowed: true,
      policies: ["technician-own-hospital"],
    });
    expect(decide(both, "listAuditRecords", hospital).allowed).toBe(true);
  });

  it("permit nothing to a name they do not know", () => {
    const hospital = { type: "Hospital", id: "h", hospital: "village-1" } as const;
    expect(decide(user("hospital-admin", "village-1"), "dropEverything", hospital).allowed).toBe(false);
  });
});
