/** What the provider remembers between requests. In memory: access tokens are JWTs and outlive a restart without it. */
import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";

interface Entry {
  readonly payload: AdapterPayload;
  readonly expiresAt: number;
}

const mostEntries = 20_000;

/** One store for all models of a provider; the oldest entries go first when it is full. */
export function createSessionStore(): AdapterFactory {
  const entries = new Map<string, Entry>();
  return (model) => adapter(model, entries);
}

function adapter(model: string, entries: Map<string, Entry>): Adapter {
  const live = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    return entry && entry.expiresAt > Date.now() ? entry.payload : undefined;
  };
  const findWhere = (field: "uid" | "userCode", value: string): AdapterPayload | undefined => {
    for (const [key, { payload }] of entries)
      if (key.startsWith(`${model}:`) && payload[field] === value) return live(key);
    return undefined;
  };
  return {
    async upsert(id, payload, expiresIn) {
      const key = `${model}:${id}`;
      entries.delete(key);
      const expiresAt = expiresIn ? Date.now() + expiresIn * 1000 : Number.POSITIVE_INFINITY;
      entries.set(key, { payload, expiresAt });
      if (entries.size > mostEntries) entries.delete(entries.keys().next().value as string);
    },
    find: async (id) => live(`${model}:${id}`),
    findByUid: async (uid) => findWhere("uid", uid),
    findByUserCode: async (code) => findWhere("userCode", code),
    async consume(id) {
      const payload = live(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      entries.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of entries) if (payload.grantId === grantId) entries.delete(key);
    },
  };
}
