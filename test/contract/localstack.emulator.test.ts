import { describeOnEmulator } from "./emulated.ts";

// LocalStack's core has no IAM enforcement; MiniStack has.
describeOnEmulator("localstack", { noAuthorization: true });
