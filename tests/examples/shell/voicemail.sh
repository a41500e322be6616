#!/bin/sh
# Plays a voice mail on a phone, and hangs up when it is answered:
#
#     voicemail.sh ITEM_ID NUMBER
#
# It knows nothing of ewstape: curl takes the proxy and the certificates to trust from the environment.
set -eu
item=$1 number=$2
url=${EWS_URL:-https://mail.example.com/EWS/Exchange.asmx}

envelope='<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
  xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><s:Body>'

send() { # OPERATION CONTENT: leaves what the server said in $answer
  answer=$(
    printf '%s<m:%s>%s</m:%s></s:Body></s:Envelope>' "$envelope" "$1" "$2" "$1" |
      curl --silent --show-error --fail-with-body --user "${EWS_LOGON:-alex:secret}" \
        --header 'Content-Type: text/xml; charset=utf-8' --data-binary @- "$url"
  ) || {
    echo "$1: $(said '<faultstring[^>]*>\([^<]*\)<')" >&2
    exit 1
  }
}

said() { # PATTERN: what its brackets hold where it occurs in $answer
  printf '%s\n' "$answer" | sed -n "s/.*$1.*/\1/p" | head -n 1
}

send PlayOnPhone "<m:ItemId Id=\"$item\"/><m:DialString>$number</m:DialString>"
call="<m:PhoneCallId Id=\"$(said 'PhoneCallId Id="\([^"]*\)"')\"/>"
for poll in 1 2 3 4 5 6 7 8 9 10; do
  send GetPhoneCallInformation "$call"
  state=$(said 'PhoneCallState[^>]*>\([^<][^<]*\)<')
  echo "$state"
  case $state in Connected | Disconnected) break ;; esac
  sleep "${EWS_PAUSE:-1}"
done
if [ "$state" = Connected ]; then
  send DisconnectPhoneCall "$call"
  echo "hung up"
fi
