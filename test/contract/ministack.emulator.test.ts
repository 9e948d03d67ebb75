import { describeOnEmulator } from "./emulated.ts";

// What MiniStack does not check is checked on LocalStack and on our own fakes.
describeOnEmulator("ministack", { acceptsTamperedCiphertext: true, acceptsSmallParts: true });
