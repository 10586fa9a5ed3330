/** Who stands on mails and invoices. Made up, like the shop: the VAT number has the form of a real one and is nobody's. */
export const COMPANY = {
  name: "Fig Lane",
  legalName: "Fig Lane Trading Ltd",
  street: "14 Fig Lane",
  place: "Dublin 8, D08 F1G0",
  country: "Ireland",
  vatNumber: "IE0000000FL",
  email: "orders@figlane.example",
  /** The right-hand side of message ids (RFC 5322 §3.6.4). */
  domain: "figlane.example",
} as const;
