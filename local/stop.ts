/** npm stop: ends the local cloud that `npm start` started, and whatever a killed one left behind. */
import { stopInstance } from "./instance.ts";

const stopped = await stopInstance();
console.log(stopped ? "Stopped." : "No local cloud is running.");
