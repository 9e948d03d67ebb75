import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { listeningInodes, portHolder } from "../../../local/port-holder.ts";
import { choosePorts, PortTaken } from "../../../local/ports.ts";
import { freePort } from "../../../local/processes.ts";

describe("the local cloud's ports", () => {
  let folder = "";
  let file = "";
  const servers: Server[] = [];
  const hold = (port: number) =>
    new Promise<void>((ready) => {
      servers.push(createServer().listen(port, "127.0.0.1", ready));
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mic-ports-"));
    file = join(folder, "ports.json");
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((closed) => server.close(closed))));
    rmSync(folder, { recursive: true });
  });

  it("stay the same over a warm restart, in a file only the owner reads", async () => {
    const first = await choosePorts(file, { fresh: false });
    expect((await choosePorts(file, { fresh: false })).ports).toEqual(first.ports);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("are all different", async () => {
    const { ports } = await choosePorts(file, { fresh: true });
    expect(new Set(Object.values(ports)).size).toBe(3);
  });

  it("that someone else took meanwhile are named with their holder and a way out", async () => {
    const ports = { web: await freePort(), s3: await freePort(), emulator: await freePort() };
    writeFileSync(file, JSON.stringify(ports));
    await hold(ports.s3);
    const refused = choosePorts(file, { fresh: false });
    await expect(refused).rejects.toThrow(PortTaken);
    await expect(refused).rejects.toThrow(`port ${ports.s3} is held by`);
    await expect(refused).rejects.toThrow("--fresh");
  });

  it("can be traced to the process that holds them", async () => {
    const port = await freePort();
    await hold(port);
    expect((await portHolder(port))?.pid).toBe(process.pid);
  });

  it("are read from the kernel's table by local port and listening state only", () => {
    const table = [
      "   0: 0100007F:2120 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 4711 1",
      "   1: 0100007F:2120 0100007F:9999 01 00000000:00000000 00:00000000 00000000  0 0 4712 1",
      "   2: 0100007F:2121 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 4713 1",
    ].join("\n");
    expect([...listeningInodes(table, 8480)]).toEqual(["4711"]);
  });
});
