import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type BadDay, badDay } from "../support/faults/aws-weather.ts";
import { emulatorGround } from "../support/faults/emulator-ground.ts";
import { runModel, sequences } from "../support/faults/run-model.ts";
import { World } from "../support/faults/world.ts";
import type { ContractCloud } from "./provision.ts";

const described = process.env.CONTRACT_EMULATOR === "ministack" ? process.env.CONTRACT_CLOUD : undefined;
/** Printed with a failure; `MIC_SEED` runs it again, `MIC_RUNS` runs more. */
const seed = Number(process.env.MIC_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.MIC_RUNS ?? 6);

const onEmulator = described === undefined ? describe.skip : describe;

onEmulator(
  "the same faults on real adapters, with DynamoDB and S3 that throttle, cancel, fail and lose answers",
  () => {
    const cloud = JSON.parse(described ?? "{}") as ContractCloud;
    const endpoint = process.env.AWS_ENDPOINT_URL as string;
    let day: BadDay;

    beforeAll(async () => {
      day = await badDay(endpoint, seed);
      process.env.AWS_ENDPOINT_URL = day.endpoint;
    });
    afterAll(async () => {
      process.env.AWS_ENDPOINT_URL = endpoint;
      await day.close();
    });

    it(`balance at every moment and end well (seed ${seed})`, async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(sequences(10), async (sequence) => {
          const name = `faults-${process.pid}-${run++}`;
          await runModel(new World(await emulatorGround(cloud, name, day.calm)), sequence, day.calm);
        }),
        { numRuns, seed, endOnFailure: true },
      );
      expect(Object.values(day.met).every((count) => count > 0)).toBe(true);
    }, 600_000);
  },
);
