/** The only way to make a table here: on demand, encrypted with the platform key, restorable to any second of 35 days. */

import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { RemovalPolicy } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { isProduction } from "../config.ts";
import type { TableWord } from "../names.ts";
import type { Stage } from "../stage.ts";

export interface AppTableProps {
  readonly stage: Stage;
  readonly word: TableWord;
  readonly key: IKey;
  /** Every change is published, with the item before and after. */
  readonly stream?: boolean;
  /** Items with a past `expiresAt` (epoch seconds) go away. */
  readonly expiring?: boolean;
}

export class AppTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: AppTableProps) {
    super(scope, id);
    const production = isProduction(props.stage.config);
    this.table = new Table(this, "Table", {
      tableName: props.stage.names.table(props.word),
      partitionKey: { name: "pk", type: AttributeType.STRING },
      sortKey: { name: "sk", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: production,
      removalPolicy: production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(props.stream && { stream: StreamViewType.NEW_AND_OLD_IMAGES }),
      ...(props.expiring && { timeToLiveAttribute: "expiresAt" }),
    });
  }
}
