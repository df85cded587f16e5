# Diagnostic setting → Event Hub, which Bearerwatch reads over the Kafka protocol (port 9093, SASL PLAIN).
az monitor diagnostic-settings create --name bearerwatch --resource "$APIM_ID" \
  --event-hub bearerwatch --event-hub-rule "$EVENT_HUB_RULE_ID" \
  --logs '[{"category":"GatewayLogs","enabled":true}]'
# The user agent is logged only when named: API → Settings → Diagnostics → Headers to log: User-Agent.
