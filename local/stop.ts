/** npm stop: ends the local cloud that `npm start` started, and whatever a killed one left behind. */
import { stopInstance } from "./instance.ts";

const hint = setTimeout(() => console.log("Waiting until the data is saved …"), 5000);
const { stopped, loss } = await stopInstance();
clearTimeout(hint);
console.log(stopped ? "Stopped." : "No local cloud is running.");
if (loss) {
  console.error(loss);
  process.exitCode = 1;
}
