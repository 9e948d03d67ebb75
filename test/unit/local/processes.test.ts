import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { answers, freePort, isRunning, portIsFree, stopGroup } from "../../../local/processes.ts";

describe("programs beside the local cloud", () => {
  it("are looked for on ports that are free until someone listens", async () => {
    const port = await freePort();
    expect(await portIsFree(port)).toBe(true);
    expect(await answers(`http://127.0.0.1:${port}`)).toBe(false);
    const server = createServer((_, response) => void response.writeHead(404).end()).listen(
      port,
      "127.0.0.1",
    );
    await once(server, "listening");
    expect(await portIsFree(port)).toBe(false);
    expect(await answers(`http://127.0.0.1:${port}`)).toBe(true);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("are stopped with their children, and killed when they do not listen", async () => {
    const deaf =
      "process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1000); // marker-deaf";
    const child = spawn(process.execPath, ["-e", deaf], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(child.stdout, "data");
    const pid = child.pid as number;
    await stopGroup(pid, { marker: "another program", patience: 100 });
    expect(isRunning(pid)).toBe(true);
    const ended = once(child, "exit");
    await stopGroup(pid, { marker: "marker-deaf", patience: 200 });
    expect((await ended)[1]).toBe("SIGKILL");
    await stopGroup(pid, { marker: "marker-deaf", patience: 200 });
  });
});
