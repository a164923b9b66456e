select 1 as tool_id, 'spade' as tool
