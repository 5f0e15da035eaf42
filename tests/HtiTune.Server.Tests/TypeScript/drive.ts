// What a stranger writes from the OpenAPI document alone: a whole study, by the client that openapi-typescript and openapi-fetch make of it.
// node drive.js ADDRESS KEY: prints the answers as JSON.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Study = components["schemas"]["StudyView"];
type Claimed = components["schemas"]["ClaimedAttempt"];

const [address, key] = process.argv.slice(2) as [string, string];
const client = createClient<paths>({ baseUrl: address, headers: { Authorization: `Bearer ${key}` } });

// An answer, or the refusal's own words.
function good<T>(answer: { data?: T; error?: { detail: string }; response: Response }): T {
  if (answer.error !== undefined || answer.data === undefined) {
    throw new Error(`${answer.response.status}: ${answer.error?.detail ?? "no body"}`);
  }

  return answer.data;
}

// An answer that may have to be computed first: asked for again until it is there.
async function ready<A extends { response: Response }>(ask: () => Promise<A>): Promise<A> {
  for (;;) {
    const answer = await ask();
    if (answer.response.status !== 202) {
      return answer;
    }

    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(answer.response.headers.get("Retry-After") ?? 1)));
  }
}

async function run(definition: components["schemas"]["StudyDefinition"], loss: (claimed: Claimed) => number): Promise<Study> {
  const study = good(await client.POST("/api/v1/studies", { body: { definition }, params: { header: { "Idempotency-Key": `typescript ${definition.name}` } } }));
  let claimed: Claimed | null = null;
  for (;;) {
    if (claimed === null) {
      const answer = await client.POST("/api/v1/attempts/claim", { body: { worker: "ts", study: study.id, waitFor: "00:00:05" } });
      if (answer.response.status === 204) {
        const now = good(await client.GET("/api/v1/studies/{id}", { params: { path: { id: study.id } } }));
        if (now.state !== "active") {
          return now;
        }

        continue;
      }

      claimed = good(answer);
    }

    const lease = good(await client.POST("/api/v1/attempts/{id}/renew", { params: { path: { id: claimed.attempt } }, body: { lease: claimed.lease, progress: 0.5 } }));
    if (!lease.holds) {
      throw new Error("the lease was lost");
    }

    const told: components["schemas"]["TellOutcome"] = good(await client.POST("/api/v1/attempts/{id}/tell", { params: { path: { id: claimed.attempt } }, body: { lease: claimed.lease, value: loss(claimed), next: { worker: "ts", study: study.id } } }));
    claimed = told.next ?? null;
  }
}

const line = await run({ name: "line", hyperparameter: "rate", minimum: 0, maximum: 1, maxTrainings: 7, seed: 4 }, (claimed) => {
  const rate = claimed.lambda;
  if (rate === null) {
    throw new Error("one hyperparameter has a lambda");
  }

  return (rate - 0.3) ** 2;
});
const space = await run({ name: "space", hyperparameters: ["lr=1e-4..1e-1:log", "layers=1..4:int", "act=relu,gelu"], maxTrainings: 7, seed: 4 }, (claimed) => {
  const { lr, layers, act } = claimed.configuration;
  return (Math.log10(Number(lr)) + 2.5) ** 2 + (Number(layers) - 2) ** 2 / 4 + (act === "gelu" ? 0 : 0.25);
});

const trials = good(await client.GET("/api/v1/studies/{id}/trials", { params: { path: { id: line.id } } }));
const curve = good(await ready(() => client.GET("/api/v1/studies/{id}/curve", { params: { path: { id: line.id } } })));
const belief = good(await ready(() => client.POST("/api/v1/studies/{id}/predict", { params: { path: { id: space.id } }, body: { configurations: [space.configuration!], importances: true } })));
const listed = good(await client.GET("/api/v1/studies", { params: { query: { state: "finished", size: 200 } } }));
const figure = await ready(() => client.GET("/api/v1/studies/{id}/figures/{figure}.{format}", { params: { path: { id: line.id, figure: "objective", format: "svg" } }, parseAs: "text" }));
const events = await client.GET("/api/v1/studies/{id}/events", { params: { path: { id: line.id }, query: { follow: false } }, parseAs: "text" });

// What is refused has a type too.
const refused = await client.POST("/api/v1/studies", { body: { definition: { name: "n", minimum: 1, maximum: 0 } } });
const outcome = line.result!.outcome;
console.log(JSON.stringify({
  lambda: line.lambda,
  value: line.bestValue,
  stopReason: line.result!.stopReason,
  certified: outcome.outcome === "certified" ? outcome.probability : null,
  configuration: space.configuration,
  trials: trials.map((trial) => trial.lambda),
  anchors: curve.anchors.length,
  total: belief.importances?.map((one) => one.total),
  listed: listed.map((study) => study.definition.name),
  figure: String(figure.data).slice(0, 5),
  states: [...String(events.data).matchAll(/"(?:state|goal|stopReason)":"(\w+)"/g)].map((found) => found[1]),
  refused: [refused.error?.status, refused.error?.detail],
}));
