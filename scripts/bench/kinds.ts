/** What is asked of every arm. The paths are the upstream's, the capability's and the load's alike. */
export const PATHS = {
  small: "/api/products",
  large: "/api/products/large",
  post: "/api/orders",
  jwks: "/.well-known/jwks.json",
} as const;

export const KINDS = ["small", "large", "post"] as const;
export type Kind = (typeof KINDS)[number];

export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  small: "GET, 2 kB answer",
  large: "GET, 64 kB answer",
  post: "POST of 4 kB",
};

export const METHODS: Readonly<Record<Kind, "GET" | "POST">> = { small: "GET", large: "GET", post: "POST" };

/** A body of 4 kB, as a form or a basket would have it. */
export const POST_BODY = JSON.stringify({
  note: "a gift, please wrap it well. ".repeat(144).slice(0, 4_080),
});

export const ARMS = ["direct", "express", "banyan"] as const;
export type Arm = (typeof ARMS)[number];

export const ARM_WORDS: Readonly<Record<Arm, string>> = {
  direct: "direct",
  express: "express + HPM",
  banyan: "Banyan",
};
