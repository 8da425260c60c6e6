#include "broker/sessions.hpp"

#include <algorithm>

namespace gatetorio::transport_mqtt {

const Session& SessionTable::open(Client client, Session session) {
  close(client);  // a handle is reused only after its connection's end; never count it twice
  if (const auto old = by_client_id_.find(session.client_id); old != by_client_id_.end()) {
    sessions_.at(old->second).superseded = true;
  }
  departed_.erase(client);
  session.number = ++last_number_;
  by_client_id_[session.client_id] = client;
  by_username_[session.username].push_back(client);
  return sessions_[client] = std::move(session);
}

std::optional<Session> SessionTable::close(Client client) {
  const auto found = sessions_.find(client);
  if (found == sessions_.end()) return std::nullopt;
  Session session = std::move(found->second);
  sessions_.erase(found);
  if (const auto owner = by_client_id_.find(session.client_id);
      owner != by_client_id_.end() && owner->second == client) {
    by_client_id_.erase(owner);
  }
  const auto clients = by_username_.find(session.username);
  std::erase(clients->second, client);
  if (clients->second.empty()) by_username_.erase(clients);
  departed_[client] = session.username;
  return session;
}

bool SessionTable::may_send_will(Client client, std::string_view username) const {
  if (const Session* session = find(client)) return session->superseded;
  const auto found = departed_.find(client);
  return found != departed_.end() && found->second == username;
}

void SessionTable::mark_revoked(std::string_view username) {
  const auto clients = by_username_.find(username);
  if (clients == by_username_.end()) return;
  for (const Client client : clients->second) sessions_.at(client).revoked = true;
}

std::vector<Session> SessionTable::all() const {
  std::vector<Session> list;
  list.reserve(sessions_.size());
  for (const auto& [client, session] : sessions_) list.push_back(session);
  return list;
}

const Session* SessionTable::find(Client client) const {
  const auto found = sessions_.find(client);
  return found == sessions_.end() ? nullptr : &found->second;
}

Session* SessionTable::find(Client client) {
  const auto found = sessions_.find(client);
  return found == sessions_.end() ? nullptr : &found->second;
}

std::vector<std::string> SessionTable::silent_since(std::chrono::steady_clock::time_point since) {
  std::vector<std::string> client_ids;
  for (auto& [client, session] : sessions_) {
    if (session.has_keep_alive || session.heard_at > since || session.revoked) continue;
    session.revoked = true;
    client_ids.push_back(session.client_id);
  }
  return client_ids;
}

std::vector<std::string> SessionTable::outlived(std::int64_t now_us) {
  std::vector<std::string> client_ids;
  for (auto& [client, session] : sessions_) {
    if (session.valid_until_us == 0 || session.valid_until_us > now_us || session.revoked) continue;
    session.revoked = true;
    client_ids.push_back(session.client_id);
  }
  return client_ids;
}

std::vector<SessionTable::Client> SessionTable::live(std::string_view username) const {
  std::vector<Client> list;
  const auto clients = by_username_.find(username);
  if (clients == by_username_.end()) return list;
  for (const Client client : clients->second) {
    if (!sessions_.at(client).superseded) list.push_back(client);
  }
  return list;
}

std::vector<std::uint64_t> SessionTable::oldest_first(std::string_view username, std::string_view but_for) const {
  std::vector<std::uint64_t> numbers;
  for (const Client client : live(username)) {
    const Session& session = sessions_.at(client);
    if (session.client_id != but_for && !session.revoked) numbers.push_back(session.number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

const std::string* SessionTable::connected(std::uint64_t number) const {
  for (const auto& [client, session] : sessions_) {
    if (session.number == number) return session.superseded ? nullptr : &session.client_id;
  }
  return nullptr;
}

const std::string* SessionTable::live_owner(std::string_view client_id) const {
  const auto found = by_client_id_.find(client_id);
  return found == by_client_id_.end() ? nullptr : &sessions_.at(found->second).username;
}

}  // namespace gatetorio::transport_mqtt
