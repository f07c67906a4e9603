"""Every sentence about a source, in Russian and English: how it is, what to do, why it is asked when."""

from __future__ import annotations

STATES = {
    "ru": {
        "unpolled": "Больше не опрашивается; записи сохранены.",
        "paused": "Опрос приостановлен; записи сохранены.",
        "waiting": "Ещё не опрашивался.",
        "well": "Работает: последний опрос {polled:clock}.",
        "password": "HTTP {status} с {since:since}: сервер требует пароль; повтор {next:in}.",
        "blocked": "HTTP {status} с {since:since}: сервер не пускает роботов или чужие страны; "
        "повтор {next:in}.",
        "missing": "HTTP {status} с {since:since}: по этому адресу ничего нет; повтор {next:in}.",
        "gone": "HTTP {status} с {since:since}: издатель закрыл эту ленту; повтор {next:in}.",
        "busy": "HTTP {status} с {since:since}: сервер перегружен или просит реже; "
        "повтор {next:in}.",
        "server": "HTTP {status} с {since:since}: ошибка на стороне сервера; повтор {next:in}.",
        "unreachable": "Не отвечает с {since:since}; повтор {next:in}.",
        "certificate": "Сертификат не принимается с {since:since}[: нет доверия к издателю "
        "«{issuer}»]; повтор {next:in}.",
        "page": "С {since:since} вместо ленты приходит HTML-страница; повтор {next:in}.",
        "robot_check": "С {since:since} вместо ленты приходит проверка на робота; повтор {next:in}.",
        "sign_in": "С {since:since} вместо ленты приходит страница входа; повтор {next:in}.",
        "empty": "С {since:since} вместо ленты приходит пустой ответ; повтор {next:in}.",
        "unreadable": "С {since:since} документ не удаётся прочитать; повтор {next:in}.",
        "other": "Не читается с {since:since}; повтор {next:in}.",
        "outage": "Похоже, у нас нет связи: не отвечают {unreached} из {n} опрошенных источников.",
        "overflow": "Между опросами потеряны записи[: лента держит {window}].",
        "silent": "Молчит {days:день|дня|дней}, обычно {month:rate}.",
        "stale": "Отвечает, но новейшей записи {days:день|дня|дней}.",
        "no_entries": "Отвечает, но в ленте нет ни одной записи.",
        "short": "Лента укоротилась: {n:запись|записи|записей} вместо обычных {usual}.",
        "shrinking": "За неделю {n:новость|новости|новостей}, обычно {month:rate}.",
        "flooding": "За сутки {n:новость|новости|новостей}, обычно {month:rate}.",
        "parked": "Адрес перенаправляет на страницу, непохожую на переезд ({host}).",
        "fallback": "Читается по запасному адресу ({host}): основной не отвечает.",
        "moved": "Переехал на {host}: постоянное перенаправление {n:раз|раза|раз} подряд.",
        "held_back": "Удержано {n}: старые.",
        "guid_churn": "Идентификаторы записей меняются при каждом опросе; узнаём записи по адресу.",
        "encoding": "Кодировка исправлена: объявлена {declared}, на деле {real}.",
        "pushed": "Новости присылает хаб, последний раз {at:clock}.",
    },
    "en": {
        "unpolled": "No longer polled; its entries are kept.",
        "paused": "Polling is paused; its entries are kept.",
        "waiting": "Not polled yet.",
        "well": "Works: last polled at {polled:clock}.",
        "password": "HTTP {status} since {since:since}: the server wants a password; "
        "next try {next:in}.",
        "blocked": "HTTP {status} since {since:since}: the server keeps out robots or other "
        "countries; next try {next:in}.",
        "missing": "HTTP {status} since {since:since}: nothing is at this address; "
        "next try {next:in}.",
        "gone": "HTTP {status} since {since:since}: the publisher closed this feed; "
        "next try {next:in}.",
        "busy": "HTTP {status} since {since:since}: the server is overloaded or asks for less; "
        "next try {next:in}.",
        "server": "HTTP {status} since {since:since}: the server fails; next try {next:in}.",
        "unreachable": "No answer since {since:since}; next try {next:in}.",
        "certificate": "Its certificate is not accepted since {since:since}[: «{issuer}», who "
        "signed it, is not trusted]; next try {next:in}.",
        "page": "An HTML page comes instead of the feed since {since:since}; next try {next:in}.",
        "robot_check": "A check for robots comes instead of the feed since {since:since}; "
        "next try {next:in}.",
        "sign_in": "A sign-in page comes instead of the feed since {since:since}; "
        "next try {next:in}.",
        "empty": "An empty answer comes instead of the feed since {since:since}; "
        "next try {next:in}.",
        "unreadable": "The document cannot be read since {since:since}; next try {next:in}.",
        "other": "Cannot be read since {since:since}; next try {next:in}.",
        "outage": "We seem to be cut off: {unreached} of {n} sources polled do not answer.",
        "overflow": "Entries were lost between polls[: the feed holds {window}].",
        "silent": "Silent for {days:day|days}, usually {month:rate}.",
        "stale": "Answers, but its newest entry is {days:day|days} old.",
        "no_entries": "Answers, but the feed holds no entry at all.",
        "short": "The feed became short: {n:entry|entries} instead of the usual {usual}.",
        "shrinking": "{n:entry|entries} in a week, usually {month:rate}.",
        "flooding": "{n:entry|entries} in a day, usually {month:rate}.",
        "parked": "The address redirects to a page that does not look like a move ({host}).",
        "fallback": "Read at its fallback address ({host}): its own does not answer.",
        "moved": "Moved to {host}: a permanent redirect {n:time|times} in a row.",
        "held_back": "Held back {n}: old ones.",
        "guid_churn": "Its guids change with every poll; entries are known by their address.",
        "encoding": "Encoding corrected: declared {declared}, really {real}.",
        "pushed": "A hub sends its news, last at {at:clock}.",
    },
}
"""How a source is, for every reader: no address, no message of a library, nothing secret."""

ADVICE = {
    "ru": {
        "password": "Впишите нужные заголовки в headers этого источника.",
        "blocked": "Попробуйте proxy или другой user_agent; можно добавить запасной адрес.",
        "missing": "Найдите новый адрес ленты: feedhub probe по адресу сайта.",
        "gone": "Найдите преемника этой ленты или уберите источник; записи останутся.",
        "certificate": "Если издателю можно верить, добавьте его корневой и промежуточный "
        "сертификаты файлом PEM в ca_bundle источника.",
        "page": "Откройте адрес в браузере и найдите ленту: feedhub probe.",
        "robot_check": "Попробуйте warm_up, proxy или запасной адрес.",
        "sign_in": "Впишите нужные заголовки в headers или найдите открытую ленту.",
        "empty": "Проверьте адрес ленты.",
        "unreadable": "Сообщите издателю или приостановите источник.",
        "other": "Что именно не так, сказано в журнале опросов.",
        "outage": "Проверьте сеть, прокси и DNS этого сервера.",
        "overflow": "Опрос стал чаще; если не поможет, найдите ленту длиннее или архив.",
        "silent": "Проверьте на сайте, не переехала ли лента.",
        "stale": "Проверьте на сайте, не заброшена ли лента; поищите новую: feedhub probe.",
        "no_entries": "Проверьте на сайте, не заменена ли лента.",
        "short": "Проверьте, не поменялась ли лента; записи сохранены.",
        "shrinking": "Проверьте на сайте, не появилась ли другая лента.",
        "flooding": "Проверьте, та ли это лента; include, exclude и max_age ограничат поток.",
        "parked": "Адрес не менялся; проверьте, не истёк ли домен источника.",
        "fallback": "Основной адрес пробуется и дальше; если он не вернётся, поменяйте url.",
        "moved": "Впишите новый адрес: url: {target}",
    },
    "en": {
        "password": "Write the headers it needs into headers of this source.",
        "blocked": "Try a proxy or another user_agent; a fallback address can be added.",
        "missing": "Find the feed's new address: feedhub probe with the address of the site.",
        "gone": "Find this feed's successor or take the source out; its entries stay.",
        "certificate": "If the issuer can be trusted, put its root and intermediate certificates "
        "as a PEM file into ca_bundle of this source.",
        "page": "Open the address in a browser and find the feed: feedhub probe.",
        "robot_check": "Try warm_up, a proxy or a fallback address.",
        "sign_in": "Write the headers it needs into headers, or find an open feed.",
        "empty": "Check the address of the feed.",
        "unreadable": "Tell the publisher, or pause the source.",
        "other": "The poll log says what exactly is wrong.",
        "outage": "Check network, proxy and DNS of this server.",
        "overflow": "It is polled more often now; if that is no help, find a longer feed.",
        "silent": "Look on the site whether the feed has moved.",
        "stale": "Look on the site whether the feed was given up; find the new: feedhub probe.",
        "no_entries": "Look on the site whether the feed was replaced.",
        "short": "Look whether it is another feed now; entries are kept.",
        "shrinking": "Look on the site for another feed.",
        "flooding": "Look whether it is the right feed; include, exclude and max_age limit it.",
        "parked": "The address was not changed; check whether the source's domain ran out.",
        "fallback": "Its own address is still tried; should it not come back, change url.",
        "moved": "Write the new address: url: {target}",
    },
}
"""What the admin can do; a kind that is not here needs nothing."""

CADENCE = {
    "ru": {
        "configured": "{every:every}: так настроено",
        "day": "{every:every}: {n:новость|новости|новостей} за сутки",
        "usual": "{every:every}: обычно {month:rate}",
        "hits": "{every:every}: {hits} из последних {polls} опросов принесли новое",
        "push": "{every:every}: новости присылает хаб",
        "overflow": "{every:every}: между опросами терялись записи",
        "ttl": "{every:every}: так просит лента (ttl)",
        "update_period": "{every:every}: так просит лента (updatePeriod)",
        "max_age": "{every:every}: так просит сервер (max-age)",
        "expires": "{every:every}: так просит сервер (Expires)",
        "skip": "через {wait:span}: раньше издатель просит не опрашивать",
        "asked": "через {wait:span}: так просит сервер (Retry-After)",
        "failed": "через {wait:span}: последний опрос не удался",
        "gone": "через {wait:span}: издатель закрыл эту ленту",
    },
    "en": {
        "configured": "{every:every}: as configured",
        "day": "{every:every}: {n:new entry|new entries} in a day",
        "usual": "{every:every}: usually {month:rate}",
        "hits": "{every:every}: {hits} of the last {polls} polls brought something",
        "push": "{every:every}: a hub sends the news",
        "overflow": "{every:every}: entries were lost between polls",
        "ttl": "{every:every}: the feed asks for it (ttl)",
        "update_period": "{every:every}: the feed asks for it (updatePeriod)",
        "max_age": "{every:every}: the server asks for it (max-age)",
        "expires": "{every:every}: the server asks for it (Expires)",
        "skip": "in {wait:span}: the publisher asks not to be polled sooner",
        "asked": "in {wait:span}: the server asks for it (Retry-After)",
        "failed": "in {wait:span}: the last poll failed",
        "gone": "in {wait:span}: the publisher closed this feed",
    },
}
"""Why a source is polled when it is: the keys of `cadence`'s reasons."""

ENDED = {
    "ru": {
        "broken": "{title}: снова читается.",
        "silent": "{title}: снова публикует.",
        "shrinking": "{title}: новостей снова столько, сколько обычно.",
        "flooding": "{title}: поток новостей снова обычный.",
        "outage": "{title}: связь восстановлена.",
    },
    "en": {
        "broken": "{title}: can be read again.",
        "silent": "{title}: publishes again.",
        "shrinking": "{title}: as many entries as usual again.",
        "flooding": "{title}: the flood is over.",
        "outage": "{title}: the connection is back.",
    },
}
"""What is told when a state ends."""

MANY = {
    "ru": {
        "broken": "Перестали читаться {n:источник|источника|источников}: {titles}[ и ещё {more}].",
        "silent": "Замолчали {n:источник|источника|источников}: {titles}[ и ещё {more}].",
        "shrinking": "Новостей стало мало, {n:источник|источника|источников}: {titles}"
        "[ и ещё {more}].",
        "flooding": "Новостей стало слишком много, {n:источник|источника|источников}: {titles}"
        "[ и ещё {more}].",
        "ended": "Снова в порядке {n:источник|источника|источников}: {titles}[ и ещё {more}].",
    },
    "en": {
        "broken": "{n:source|sources} can no longer be read: {titles}[ and {more} more].",
        "silent": "{n:source|sources} fell silent: {titles}[ and {more} more].",
        "shrinking": "{n:source|sources} bring too little: {titles}[ and {more} more].",
        "flooding": "{n:source|sources} bring too much: {titles}[ and {more} more].",
        "ended": "{n:source|sources} are well again: {titles}[ and {more} more].",
    },
}
"""What is told when many sources changed at once."""
