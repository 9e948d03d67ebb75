/** Version of the HTTP API. A breaking change is a new path (`/v2`) beside the old one. */
export const apiVersion = "1.0.0";
