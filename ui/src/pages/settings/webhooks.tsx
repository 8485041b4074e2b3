// Other programs that are told what happens.
import { Route, Routes } from 'react-router';
import { WebhookList } from './webhook-list';
import { WebhookPage } from './webhook-page';

export default function Webhooks() {
  return (
    <Routes>
      <Route index element={<WebhookList />} />
      <Route path=":webhook" element={<WebhookPage />} />
    </Routes>
  );
}
