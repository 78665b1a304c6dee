/** Integer minor units (cents, pence, yen) of one ISO 4217 currency. */
export type Money = { readonly amountMinor: number; readonly currency: Currency };

/** The currencies that orders may be placed in. */
export const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF', 'SEK', 'JPY'] as const;
export type Currency = (typeof CURRENCIES)[number];

export const isCurrency = (code: string): code is Currency => (CURRENCIES as readonly string[]).includes(code);
