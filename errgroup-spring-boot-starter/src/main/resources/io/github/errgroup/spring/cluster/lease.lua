-- One call of one instance: it says what it holds of a name's cluster limit and what it could use, and is told what it may use.
--
-- KEYS[1]  a hash, all that is known of the name
-- ARGV     instance, sequence, held, demand, limit, lease in milliseconds; a lease of 0: the instance leaves
-- returns  {allowed, limit, contended, overridden, quiet milliseconds}; false for a request that a later one has overtaken
--
-- Fields of the hash: "i:<instance>" = "share demand expiry sequence ticket since", "limit" (posted by an operator), and
--   server   the run_id of the Redis process that wrote last
--   quiet    until then nobody's share grows
--   pass     when the level is to be computed again
--   sum      of all shares
--   level    how many everybody may have, at most what it demands
--   turn     instances that want more than the level and whose ticket is not above this may have one more
--   spare    how many more than it demands everybody may have; -1 where not everybody can have what it demands
--   ticket   the last one given; a lower one is served earlier
--
-- 1. The sum of the shares is at most the limit, but where instances hold more already (a lowered limit).
-- 2. An instance holds at most its share: it uses less first and says so then; its share grows first and it uses more then.
-- 3. Only this server's clock says when a lease is over.
-- 4. A server that did not write last knows too little: it was restarted, or was a replica, or the hash is gone. For one
--    lease, until all that it does not know of has said so or is over, it believes what instances hold, and nothing grows.
local key, id = KEYS[1], 'i:' .. ARGV[1]
local sequence, held, demand = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local limit, lease = tonumber(ARGV[5]), tonumber(ARGV[6])

local function read(field, entry)
  local share, wanted, expiry, last, ticket, since = string.match(entry, '(%d+) (%d+) (%d+) (%d+) (%d+) (%d+)')
  return {
    field = field, share = tonumber(share), demand = tonumber(wanted), expiry = tonumber(expiry),
    sequence = tonumber(last), ticket = tonumber(ticket), since = tonumber(since)
  }
end

local function write(one)
  redis.call('HSET', key, one.field,
    table.concat({one.share, one.demand, one.expiry, one.sequence, one.ticket, one.since}, ' '))
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local known = redis.call('HMGET', key, id, 'limit', 'server', 'quiet', 'pass', 'sum', 'level', 'turn', 'spare', 'ticket')
local mine = known[1] and read(id, known[1])
local overridden = known[2] and 1 or 0
limit = tonumber(known[2] or limit)
local quiet, pass, sum = tonumber(known[4] or 0), tonumber(known[5] or 0), tonumber(known[6] or 0)
local level, turn, spare = tonumber(known[7] or 0), tonumber(known[8] or 0), tonumber(known[9] or 0)
local ticket = tonumber(known[10] or 0)

if mine and sequence <= mine.sequence then
  return false
end
if lease == 0 then
  if mine then
    redis.call('HDEL', key, id)
    redis.call('HSET', key, 'sum', sum - mine.share)
  end
  return {0, limit, 0, overridden, 0}
end

local stranger = known[3] ~= server
if stranger or quiet > now + lease then
  quiet = now + lease
end
if not mine then
  ticket = ticket + 1
  mine = {field = id, share = 0, ticket = ticket, since = 0}
end
sum = sum - mine.share + held
mine.share, mine.demand, mine.expiry, mine.sequence = held, demand, now + lease, sequence

-- Looks at all instances: at most 50 times a lease, whatever their number.
local function look()
  local all = {mine}
  local fields = redis.call('HGETALL', key)
  for k = 1, #fields, 2 do
    if string.sub(fields[k], 1, 2) == 'i:' and fields[k] ~= id then
      local other = read(fields[k], fields[k + 1])
      if stranger or other.expiry > now + lease then
        other.expiry = now + lease
        other.changed = true
      end
      if other.expiry <= now then
        redis.call('HDEL', key, other.field)
      else
        all[#all + 1] = other
      end
    end
  end
  local wanted = 0
  sum = 0
  for _, one in ipairs(all) do
    sum = sum + one.share
    wanted = wanted + one.demand
  end
  level, turn, spare = limit, 0, math.floor(math.max(limit - wanted, 0) / 2 / #all)
  local hungry = {}
  if wanted > limit then
    spare = -1
    table.sort(all, function(a, b) return a.demand < b.demand end)
    local left = limit
    for k, one in ipairs(all) do
      level = math.floor(left / (#all - k + 1))
      if one.demand > level then
        left = left - level * (#all - k + 1)
        break
      end
      left = left - one.demand
    end
    -- What is left after everybody has the same goes round, one each, in order of the tickets.
    for _, one in ipairs(all) do
      if one.demand > level then
        hungry[#hungry + 1] = one
      end
    end
    local function byTicket(a, b) return a.ticket < b.ticket end
    table.sort(hungry, byTicket)
    for _, one in ipairs(hungry) do
      if one.since > 0 and now - one.since >= lease / 5 then
        ticket = ticket + 1
        one.ticket, one.since, one.changed = ticket, 0, true
      end
    end
    table.sort(hungry, byTicket)
    turn = left > 0 and hungry[left].ticket or 0
  end
  for _, one in ipairs(all) do
    local inTurn = one.demand > level and one.ticket <= turn
    if inTurn ~= (one.since > 0) then
      one.since, one.changed = inTurn and now or 0, true
    end
    if one.changed and one ~= mine then
      write(one)
    end
  end
  pass = now + math.floor(lease / 50)
end
if stranger or now >= pass or pass > now + lease then
  look()
end

local wish
if spare >= 0 then
  wish = demand + spare
else
  wish = math.min(demand, level + (mine.ticket <= turn and 1 or 0))
end
wish = math.min(wish, limit)
if wish > held and now >= quiet then
  local free = math.max(limit - sum, 0)
  mine.share = held + math.min(wish - held, free)
  sum = sum + mine.share - held
end
write(mine)
redis.call('HSET', key, 'server', server, 'quiet', quiet, 'pass', pass,
  'sum', sum, 'level', level, 'turn', turn, 'spare', spare, 'ticket', ticket)
redis.call('PEXPIRE', key, math.max(604800000, 2 * lease))
return {math.min(mine.share, wish), limit, spare < 0 and 1 or 0, overridden, math.max(quiet - now, 0)}
