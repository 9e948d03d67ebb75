/** What can be deployed again at any time: functions, the derive queue, the bus, the API's routes. */

import { Key } from "aws-cdk-lib/aws-kms";
import { type App, CfnOutput, Stack } from "aws-cdk-lib/core";
import { routes } from "../shared/contract/routes.ts";
import { HttpApi } from "./blocks/http-api.ts";
import { Settings } from "./blocks/settings.ts";
import { Stored } from "./blocks/stored.ts";
import { Access } from "./capabilities/access.ts";
import { Audit } from "./capabilities/audit.ts";
import { Catalog } from "./capabilities/catalog.ts";
import { Consult } from "./capabilities/consult.ts";
import { Contract } from "./capabilities/contract.ts";
import { Derive } from "./capabilities/derive.ts";
import { Ingest } from "./capabilities/ingest.ts";
import { Network } from "./capabilities/network.ts";
import { Order } from "./capabilities/order.ts";
import { Query } from "./capabilities/query.ts";
import { Report } from "./capabilities/report.ts";
import { Retrieve } from "./capabilities/retrieve.ts";
import { Share } from "./capabilities/share.ts";
import { Upload } from "./capabilities/upload.ts";
import { type Stage, stackProps } from "./stage.ts";
import { webOrigin as webOriginOf } from "./web-origin.ts";

export class ServicesStack extends Stack {
  constructor(app: App, stage: Stage) {
    super(app, stage.names.stack("Services"), stackProps(stage, "what can be deployed again"));
    const stored = new Stored(this, "Stored", stage);
    const webOrigin = webOriginOf(stage.config, stored);
    const given = { stage, stored, settings: new Settings(stage.config, webOrigin) };
    const key = Key.fromKeyArn(this, "PlatformKey", stored.parameter("platform-key-arn"));

    const access = new Access(this, "Access", { ...given, webOrigin });
    const derive = new Derive(this, "Derive", { ...given, key });
    const answering = [
      new Upload(this, "Upload", given),
      new Ingest(this, "Ingest", given),
      new Catalog(this, "Catalog", { ...given, key, deriveQueues: derive.queues }),
      new Query(this, "Query", given),
      new Retrieve(this, "Retrieve", given),
      new Consult(this, "Consult", given),
      new Order(this, "Order", given),
      new Report(this, "Report", given),
      new Share(this, "Share", given),
      new Network(this, "Network", given),
      new Audit(this, "Audit", given),
      new Contract(this, "Contract", { ...given, issuers: access.offered }),
    ];
    new HttpApi(this, "HttpApi", {
      stage,
      stored,
      webOrigin,
      routes,
      authorizer: access.authorizer,
      functions: answering.map(({ api }) => api),
    });
    new CfnOutput(this, "WebOrigin", { value: webOrigin });
  }
}
