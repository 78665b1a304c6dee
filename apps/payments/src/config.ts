import { parseConfig, serviceConfig } from '@murmuration/platform';

const PORT = 3003;

export const readConfig = () => parseConfig(serviceConfig(PORT), process.env);
