/** A real Chromium out of an npm package, so that browser journeys run where none is installed and nobody is root. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium as driver } from "playwright-core";

/**
 * The package unpacks the libraries a bare machine lacks only where it takes itself to be on Lambda, so its import has to
 * find the variable Lambda sets. Its own flags are not used: they switch off web security, and CORS is part of the test.
 */
export async function launchBrowser(): Promise<Browser> {
  const folder = join(tmpdir(), `mic-chromium-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true });
  const before = { ...process.env };
  process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs24.x";
  process.env.TMPDIR = folder;
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    const executablePath = await chromium.executablePath();
    chmodSync(executablePath, 0o755);
    return await driver.launch({
      executablePath,
      headless: true,
      args: ["--no-sandbox", "--headless=shell", "--disable-quic", "--disable-background-networking"],
      env: {
        ...before,
        HOME: mkdtempSync(join(folder, "home-")),
        LD_LIBRARY_PATH: join(folder, "al2023", "lib"),
        // A machine's own fonts know Chinese; the package's few are for machines that have none.
        ...(existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_PATH: join(folder, "fonts") }),
      } as Record<string, string>,
    });
  } finally {
    process.env = before;
  }
}
