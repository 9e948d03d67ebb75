/** The stacks of a stage, synthesized once a test file, with the context of cdk.json and a placeholder for code. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code } from "aws-cdk-lib/aws-lambda";
import { App } from "aws-cdk-lib/core";
import { addStacks } from "../../infra/deployment.ts";
import { readConfig } from "../../infra/read-config.ts";

const projectRoot = join(import.meta.dirname, "../..");

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}
export interface Found extends Resource {
  readonly id: string;
  readonly stack: string;
}

export class Synthesized {
  readonly app: App;
  readonly resources: readonly Found[];
  /** Template of each stack, as text. */
  readonly text: ReadonlyMap<string, string>;
  /** Names of the stacks that CloudFormation refuses to delete. */
  readonly terminationProtection: readonly string[];

  /** `context`: what `-c` would say. */
  constructor(context: Readonly<Record<string, string>>) {
    const { context: flags } = JSON.parse(readFileSync(join(projectRoot, "cdk.json"), "utf8"));
    const scratch = mkdtempSync(join(tmpdir(), "mic-synth-"));
    writeFileSync(join(scratch, "index.mjs"), "export const handler = () => undefined;");
    this.app = new App({ context: { ...flags, ...context }, outdir: join(scratch, "out") });
    const code = (): Code => Code.fromAsset(scratch, { exclude: ["out"] });
    addStacks(this.app, readConfig(this.app.node), code, join(projectRoot, "docs"));
    const { stacks } = this.app.synth();
    const isProtected = stacks.filter(({ terminationProtection }) => terminationProtection);
    this.terminationProtection = isProtected.map(({ stackName }) => stackName);
    this.text = new Map(stacks.map((stack) => [stack.stackName, JSON.stringify(stack.template)]));
    this.resources = stacks.flatMap((stack) =>
      Object.entries(stack.template.Resources as Record<string, Resource>).map(([id, resource]) => ({
        ...resource,
        id,
        stack: stack.stackName,
      })),
    );
  }

  ofType(type: string): readonly Found[] {
    return this.resources.filter(({ Type }) => Type === type);
  }
}
