# Sourced by tests: complaints with phones and customers' ids in every way people write them, into
# case/complaints.csv. None of them may be in any product: $plant finds them, $phones the phones.
planted_complaints()
{
    cat >case/complaints.csv <<'END'
ticket_id,reported_at,lon,lat,rat,symptom,description,address,customer_id,phone,terminal,customer_level,indoor,serving_cell
T1,2026-03-10T11:30:00+08:00,113.004,33.000,LTE,信号弱 13911110001,"来电 139 1111 0002, 备用 139-1111-0003",河湾路1号 13911110004,CUST-77310005,13911110006,13911110007,13911110008,13911110009,S1-1
T2,2026-03-10T12:30:00+08:00,113.002,33.001,LTE,上网慢,客户 CUST-77310010 电话１３９１１１１００１１,+86 139 1111 0012,CUST-77310010,0371-55510013,,,,
T3,2026-03-10T12:40:00+08:00,113.003,33.002,LTE,无信号,请回电 139.1111.0014 或 1391111-0015 或 008613911110016,,,13911110017,,,,
T4,not a time 13911110018,13911110019,33.002,LTE,无信号,,,CUST-77310020,13911110021,,,,
T5,2026-03-10T12:40:00+08:00,200,33.002,LTE,无信号,IMSI 460001391111022 call me,,460001391111022,,,,,
END
}
plant='1111.?00[0-2][0-9]|11100[0-2][0-9]|CUST-77|55510013|460001391111|１１１１００'
phones='1111.?00[0-2][0-9]|55510013|１１１１００'
