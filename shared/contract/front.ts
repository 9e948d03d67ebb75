/** What the front of the API (CloudFront, one of the deployer's own, the local front door) tells it about a request. */
export const frontHeaders = {
  /** Proves that the front says it: the stage's front secret. */
  secret: "x-mic-front",
  /** IP address of whoever asked. Whatever a client sends under this name is overwritten. */
  viewer: "x-mic-viewer",
} as const;
