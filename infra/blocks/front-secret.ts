/**
 * What the front of the API proves itself with, so that its word on who asked is believed: made with the stage, known to
 * CloudFront (or the deployer's own front) and to the functions that answer, and written nowhere in a template.
 */
import type { IKey } from "aws-cdk-lib/aws-kms";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { frontHeaders } from "../../shared/contract/front.ts";
import type { Stage } from "../stage.ts";

/** A header and a JSON string hold it as it is. */
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

export class FrontSecret extends Construct {
  constructor(scope: Construct, id: string, { stage, key }: { readonly stage: Stage; readonly key: IKey }) {
    super(scope, id);
    new CfnSecret(this, "Secret", {
      name: stage.names.frontSecret,
      description: `Sent by the front of the API of ${stage.config.stage} as ${frontHeaders.secret}`,
      kmsKeyId: key.keyArn,
      generateSecretString: {
        passwordLength: 48,
        excludePunctuation: true,
        excludeCharacters: punctuation,
      },
    });
  }
}

/** Put in place by CloudFormation while it deploys. */
export const frontSecretOf = ({ names }: Stage): string =>
  `{{resolve:secretsmanager:${names.frontSecret}:SecretString}}`;
