import { parseConfig, serviceConfig } from '@murmuration/platform';

const PORT = 3005;

export const readConfig = () => parseConfig(serviceConfig(PORT), process.env);
