# Gateway: keys are hashed before anything is written, and requests are not recorded whole.
TYK_GW_HASHKEYS=true
TYK_GW_HASHKEYFUNCTION=sha256
TYK_GW_ENABLEANALYTICS=true
TYK_GW_ANALYTICSCONFIG_ENABLEDETAILEDRECORDING=false
# Pump: one record a message.
TYK_PMP_PUMPS_KAFKA_TYPE=kafka
TYK_PMP_PUMPS_KAFKA_META_BROKER=kafka:9092
TYK_PMP_PUMPS_KAFKA_META_TOPIC=gateway-logs
TYK_PMP_PUMPS_KAFKA_META_CLIENTID=tyk-pump
