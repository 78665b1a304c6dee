export { startCarrierVisits, type CarrierVisitsOptions } from './carrier-visits';
export { carrierWebhook, type CarrierNotice, type CarrierWebhook, type NoticeAnswer } from './carrier-webhook.client';
export { CreateSimulatedCarrier1790000020000 } from './simulated-carrier.migration';
export { simulatedCarrierBook, simulatedCarrierPort } from './simulated-carrier.port';
